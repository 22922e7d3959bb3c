#pragma once
// Worker: one thread with an event loop, the endpoints that are hashed to it, and their runs. Internal to the
// scheduler.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/fleet/result_store.hpp"
#include "daemon/scheduling/endpoint_table.hpp"
#include "daemon/scheduling/probe_function.hpp"
#include "daemon/scheduling/schedule_policy.hpp"
#include "daemon/scheduling/scheduler_observer.hpp"

namespace rdpwatch::scheduling {

/// One difference between two snapshots of the inventory.
struct TargetChange {
  enum class Kind : std::uint8_t { add, change, remove };
  Kind kind;
  inventory::TargetPtr target;  ///< the new one; for remove the old one
};

class Worker {
 public:
  Worker(ClockAnchor anchor, PolicySettings policy, fleet::ResultStore& store, SchedulerObserver& observer,
         const ProbeFunctionFactory& factory);
  ~Worker();  ///< breaks off what runs, if join() was not called
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // From any thread:
  /// Takes changes in their order, a few at a time, with other work in between.
  void enqueue(std::vector<TargetChange> changes);
  void set_policy(PolicySettings policy);
  /// To see whether the loop is alive; good until join().
  boost::asio::any_io_executor executor() { return io_.get_executor(); }
  std::size_t runs_in_flight() const { return runs_.load(std::memory_order_relaxed); }
  /// Cancels all runs; the loop ends when the last is gone.
  void begin_stop();
  /// Waits for the loop's end until `deadline`, then breaks it off whatever still runs.
  void join(TimePoint deadline);

 private:
  /// What a run learnt of the target's addresses.
  struct LookUp {
    std::vector<std::string> addresses;
    bool complete = true;  ///< as in handshake::Resolved
  };
  /// What a run came to. No attempts: nothing to record.
  struct Outcome {
    std::vector<handshake::ProbeResult> attempts;
    LookUp found;  ///< by the last look-up that succeeded
    bool address_gone = false;
  };

  // worker.cpp: the inventory and the clock
  void take_changes();
  void take(const TargetChange& change);
  void add_target(const inventory::TargetPtr& target);
  void change_target(const inventory::TargetPtr& target);
  void add_endpoint(const inventory::TargetPtr& target, std::string address, TimePoint due);
  void remove_endpoint(const EndpointPtr& endpoint);
  /// Goes on where the state that an earlier run of the daemon left stands: what was up is confirmed before
  /// it is called down, and nothing is audited or experimented on again for the restart's sake.
  void remember(Endpoint& endpoint) const;
  static void cancel(Endpoint& endpoint);
  void arm();
  void run_due();
  void stop_now();

  // worker_run.cpp: the runs
  void start(const EndpointPtr& endpoint, TimePoint due);
  boost::asio::awaitable<void> run(EndpointPtr endpoint, inventory::TargetPtr target, TimePoint due);
  boost::asio::awaitable<Outcome> make_attempts(EndpointPtr endpoint, inventory::TargetPtr target,
                                                TimePoint due);
  boost::asio::awaitable<handshake::ProbeResult> attempt(handshake::ProbePlan plan);
  /// Takes a timeout back that may be our own fault: this loop was seconds late meanwhile.
  void excuse_if_late(handshake::ProbeResult& result, TimePoint started) const;
  bool take_result(Endpoint& endpoint, const inventory::Target& target, handshake::ProbeResult result,
                   Outcome& outcome);
  void conclude(const EndpointPtr& endpoint, const inventory::Target& ran, TimePoint due, Outcome outcome);
  void record(const EndpointPtr& endpoint, TimePoint due, Outcome outcome);
  void reconcile(const inventory::TargetPtr& target, const LookUp& found, bool at_once);
  handshake::ProbePlan plan_for(const Endpoint& endpoint, const inventory::Target& target) const;
  /// Whether a result made for one says what the other would have asked.
  static bool same_probe(const inventory::Target& a, const inventory::Target& b);
  void task_ended(const std::exception_ptr& error);

  // worker_audit.cpp: the audits
  static TimePoint first_audit(const inventory::Target& target);
  TimePoint next_audit(const Endpoint& endpoint, bool succeeded) const;
  void change_audit(Endpoint& endpoint, milliseconds old_interval) const;
  void audit_if_due(const EndpointPtr& endpoint);
  boost::asio::awaitable<void> audit(EndpointPtr endpoint, inventory::TargetPtr target);

  // worker_diagnosis.cpp: the causes of what failed
  diagnosis::Diagnostician diagnostician_for(const Endpoint& endpoint, const Outcome& outcome) const;
  std::shared_ptr<const diagnosis::Diagnosis> diagnose(const EndpointPtr& endpoint, const Outcome& outcome);
  void experiment_if_due(const EndpointPtr& endpoint, const handshake::Failure& failure,
                         diagnosis::Diagnostician diagnostician);
  boost::asio::awaitable<void> experiment(EndpointPtr endpoint, inventory::TargetPtr target,
                                          diagnosis::Diagnostician diagnostician);

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  const ClockAnchor anchor_;
  PolicySettings policy_;
  fleet::ResultStore& store_;
  SchedulerObserver& observer_;
  ProbeFunction probe_;

  EndpointTable table_;
  std::optional<TimePoint> armed_;  ///< what the timer waits for
  std::deque<TargetChange> pending_;
  bool taking_changes_ = false;
  bool stopping_ = false;
  TimePoint too_late_at_ = TimePoint::min();  ///< when the loop was last found far behind its schedule
  TimePoint last_audit_ = TimePoint::min();   ///< when one last began
  std::size_t diagnoses_ = 0;                 ///< that make experiments now
  std::size_t tasks_ = 0;  ///< runs, audits, diagnoses; the loop ends when the last is gone
  std::atomic<std::size_t> runs_{0};

  std::promise<void> ended_;
  std::thread thread_;
};

}  // namespace rdpwatch::scheduling
