#include "daemon/scheduling/scheduler.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "daemon/scheduling/worker.hpp"

namespace rdpwatch::scheduling {

using inventory::Snapshot;
using inventory::TargetPtr;
using Kind = TargetChange::Kind;

namespace {

/// Both snapshots are sorted by name, so one pass finds what differs.
std::vector<TargetChange> difference(const Snapshot& before, const Snapshot& after) {
  std::vector<TargetChange> changes;
  auto old = before.begin();
  auto fresh = after.begin();
  while (old != before.end() || fresh != after.end()) {
    if (fresh == after.end() || (old != before.end() && old->first < fresh->first)) {
      changes.push_back({Kind::remove, old->second});
      ++old;
    } else if (old == before.end() || fresh->first < old->first) {
      changes.push_back({Kind::add, fresh->second});
      ++fresh;
    } else {
      const bool same = old->second == fresh->second || *old->second == *fresh->second;
      if (!same) changes.push_back({Kind::change, fresh->second});
      ++old;
      ++fresh;
    }
  }
  return changes;
}

}  // namespace

Scheduler::Scheduler(SchedulerOptions options, fleet::ResultStore& store, SchedulerObserver& observer,
                     const ProbeFunctionFactory& factory)
    : options_(options), current_(std::make_shared<const Snapshot>()) {
  const ClockAnchor anchor{handshake::Clock::now(), std::chrono::system_clock::now()};
  for (int i = 0; i < std::max(options.workers, 1); ++i)
    workers_.push_back(std::make_unique<Worker>(anchor, options.policy, store, observer, factory));
}

Scheduler::~Scheduler() {
  stop();
}

void Scheduler::apply(std::shared_ptr<const Snapshot> next) {
  const std::scoped_lock lock(mutex_);
  if (stopped_) return;
  std::map<Worker*, std::vector<TargetChange>> by_worker;
  for (auto& change : difference(*current_, *next)) by_worker[&worker_of(*change.target)].push_back(change);
  for (auto& [worker, changes] : by_worker) worker->enqueue(std::move(changes));
  current_ = std::move(next);
}

void Scheduler::set_policy(PolicySettings policy) {
  const std::scoped_lock lock(mutex_);
  if (stopped_) return;
  for (const auto& worker : workers_) worker->set_policy(policy);
}

std::size_t Scheduler::runs_in_flight() const {
  const std::scoped_lock lock(mutex_);
  std::size_t runs = 0;
  for (const auto& worker : workers_) runs += worker->runs_in_flight();
  return runs;
}

std::vector<boost::asio::any_io_executor> Scheduler::executors() const {
  const std::scoped_lock lock(mutex_);
  std::vector<boost::asio::any_io_executor> executors;
  for (const auto& worker : workers_) executors.push_back(worker->executor());
  return executors;
}

void Scheduler::stop() {
  std::vector<std::unique_ptr<Worker>> workers;
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    workers.swap(workers_);
  }
  const TimePoint deadline = handshake::Clock::now() + options_.stop_timeout;
  for (const auto& worker : workers) worker->begin_stop();
  for (const auto& worker : workers) worker->join(deadline);
}

Worker& Scheduler::worker_of(const inventory::Target& target) {
  return *workers_[stable_hash(target.name) % workers_.size()];
}

}  // namespace rdpwatch::scheduling
