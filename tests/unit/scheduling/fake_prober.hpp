#pragma once
// A prober that does what a test scripted, for any number of workers at once.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "daemon/scheduling/probe_function.hpp"
#include "tests/unit/scheduling/results.hpp"

namespace rdpwatch::scheduling {

/// The endpoint of a:3389's questions; see FakeProber.
inline constexpr const char* kQuestion = "a:3389 question";

/// Turns once a millisecond until it holds; false after ten seconds.
bool eventually(const std::function<bool()>& condition);

/// Thread-safe. Endpoints are named by target, or "target address" for a pinned one, or "target ?" for a
/// look-up, or "target question" for one of an audit or an experiment.
class FakeProber {
 public:
  using Probe = std::function<boost::asio::awaitable<handshake::ProbeResult>(handshake::ProbePlan)>;

  ProbeFunctionFactory factory();

  /// The results of the next probes of this endpoint, in order; the last one repeats. Unscripted ones
  /// succeed.
  void script(const std::string& endpoint, std::vector<handshake::ProbeResult> results);
  /// Probes of this endpoint wait until release() or their cancellation.
  void block(const std::string& endpoint);
  void release();
  /// Probes of this endpoint throw.
  void let_throw(const std::string& endpoint);
  /// Probes of this endpoint keep the event loop busy for so long.
  void hog(const std::string& endpoint, std::chrono::milliseconds time);
  /// Blocked probes do not heed their cancellation.
  void be_stubborn();

  std::vector<handshake::ProbePlan> plans(const std::string& endpoint) const;
  std::vector<handshake::TimePoint> starts(const std::string& endpoint) const;
  std::size_t count(const std::string& endpoint) const { return starts(endpoint).size(); }
  std::size_t blocked() const;
  int cancelled() const;
  int most_at_once(const std::string& endpoint) const;

 private:
  struct Record {
    std::vector<handshake::ProbePlan> plans;
    std::vector<handshake::TimePoint> starts;
    std::vector<handshake::ProbeResult> results;
    std::size_t next_result = 0;
    bool blocks = false;
    bool throws = false;
    std::chrono::milliseconds hogs{0};
    int at_once = 0;
    int most_at_once = 0;
  };
  using Timer = boost::asio::steady_timer;
  /// A blocked probe's entry in waiting_, for as long as its coroutine lives.
  struct Waiting {
    FakeProber& prober;
    std::shared_ptr<Timer> timer;
    ~Waiting();
  };

  boost::asio::awaitable<handshake::ProbeResult> probe(handshake::ProbePlan plan);
  boost::asio::awaitable<bool> wait_for_release();

  mutable std::mutex mutex_;
  std::map<std::string, Record> records_;
  std::set<std::shared_ptr<Timer>> waiting_;
  int cancelled_ = 0;
  bool stubborn_ = false;
};

}  // namespace rdpwatch::scheduling
