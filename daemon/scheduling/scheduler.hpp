#pragma once
// Scheduler: probes every target of the inventory on its own phase of its interval, on worker threads, and
// records each run in the result store.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "daemon/fleet/result_store.hpp"
#include "daemon/inventory/inventory.hpp"
#include "daemon/scheduling/probe_function.hpp"
#include "daemon/scheduling/schedule_policy.hpp"
#include "daemon/scheduling/scheduler_observer.hpp"

namespace rdpwatch::scheduling {

class Worker;

struct SchedulerOptions {
  int workers = 1;  ///< threads; fixed for the scheduler's life
  PolicySettings policy{};
  /// How long stop() lets cancelled probes end by themselves.
  handshake::Duration stop_timeout = std::chrono::seconds(5);
};

/// Thread-safe. The store and the observer must outlive it.
class Scheduler {
 public:
  /// Starts the workers, with nothing to do. `factory` is called here, once a worker; what it throws comes
  /// out.
  Scheduler(SchedulerOptions options, fleet::ResultStore& store, SchedulerObserver& observer,
            const ProbeFunctionFactory& factory);
  ~Scheduler();  ///< stops
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// Makes `next` the inventory. Returns at once; the workers take the differences in small portions.
  /// Unchanged targets go on undisturbed, changed ones keep state and counters and take the new plan from
  /// their next run on, removed ones are cut off and leave the store. A run whose target changed its group,
  /// module or depth meanwhile is dropped.
  void apply(std::shared_ptr<const inventory::Snapshot> next);

  /// From the next attempt on.
  void set_policy(PolicySettings policy);

  /// Runs under way, those that wait at the gate included.
  std::size_t runs_in_flight() const;

  /// Of the workers' event loops, to see whether they are alive; good until stop().
  std::vector<boost::asio::any_io_executor> executors() const;

  /// Cuts all runs off (they are counted nowhere) and ends the threads, within stop_timeout or a little
  /// later. What does not heed its cancellation by then is dropped. May be called again.
  void stop();

 private:
  Worker& worker_of(const inventory::Target& target);

  const SchedulerOptions options_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::shared_ptr<const inventory::Snapshot> current_;
  bool stopped_ = false;
};

}  // namespace rdpwatch::scheduling
