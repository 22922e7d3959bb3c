#pragma once
// OnDemandProber: probes that somebody asks for, on an event loop and a thread of their own: a large scrape
// on the server's thread does not spoil their times, and they do not delay the scheduler's. The gate that the
// probe function goes through is the scheduler's, so a host sees no more connections than it should.
//
// Threads: probe() from any single-threaded event loop; stop() from any thread but its own.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "config/probe_allow.hpp"
#include "daemon/scheduling/probe_function.hpp"

namespace rdpwatch::on_demand {

/// Verdict::abandoned for a name of which no address is in an allowed network.
inline constexpr const char* kNotAllowed = "not_allowed";

/// At once, of all that is asked for over HTTP.
inline constexpr std::size_t kMostProbes = 32;

/// A probe may wait so long for our own limits where nobody sets another time: the spacing between two
/// connections to a host and a busy moment.
inline constexpr std::chrono::seconds kWaitForLimits{10};

struct ProbeOrder {
  handshake::ProbePlan plan;
  handshake::ProbeWatch watch;  ///< its steps are told on the prober's thread
  /// The name is looked up first, and probed at the first of its addresses that lies in a network of `rules`;
  /// there alone, whatever another look-up says.
  bool into_networks = false;
  std::vector<config::ProbeAllow> rules;
};

/// What a probe is that ended by an exception: Verdict::abandoned when it was cancelled, else a fault of our
/// own.
handshake::ProbeResult fault(handshake::ProbeResult result, const std::exception_ptr& error);

class OnDemandProber {
 public:
  explicit OnDemandProber(const scheduling::WatchedProbeFactory& factory);
  ~OnDemandProber();
  OnDemandProber(const OnDemandProber&) = delete;
  OnDemandProber& operator=(const OnDemandProber&) = delete;

  /// What runs, until it has really ended. From any thread.
  std::size_t running() const { return running_; }

  /// To see whether the loop is alive; good until stop().
  boost::asio::any_io_executor executor() { return io_.get_executor(); }

  /// Never throws for what a probe does; a fault of our own is Verdict::local_fault. When the awaiting
  /// coroutine is cancelled, the probe is, and the result has Verdict::abandoned.
  boost::asio::awaitable<handshake::ProbeResult> probe(ProbeOrder order);

  /// Cuts off what runs and ends the thread, within two seconds. May be called again.
  void stop();

  /// Something longer that makes probes; the same holds for it.
  struct Task {
    boost::asio::cancellation_signal cancel;  ///< touched on the prober's thread only
  };
  using TaskPtr = std::shared_ptr<Task>;
  using Work = std::function<boost::asio::awaitable<void>(scheduling::WatchedProbe)>;
  using Ended = std::function<void(const std::exception_ptr&)>;

  /// `work` runs on the prober's thread, and `ended` is called there with what it threw: after stop() that is
  /// operation_aborted.
  TaskPtr start(Work work, Ended ended);
  /// `task` may have ended.
  void cancel(const TaskPtr& task);

 private:
  void begin(const TaskPtr& task, const Work& work, Ended ended);

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  scheduling::WatchedProbe probe_;
  std::atomic<std::size_t> running_ = 0;
  std::set<TaskPtr> tasks_;
  bool stopping_ = false;
  std::promise<void> ended_;
  std::thread thread_;
};

}  // namespace rdpwatch::on_demand
