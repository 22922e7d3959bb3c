#pragma once
// ResultStore: the sole writer of per-target state, and of the statistics by group. Thread-safe: workers record,
// the HTTP thread reads. Sharded, so that a scrape never holds what a worker needs for longer than one chunk takes.

#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "daemon/fleet/group_statistics.hpp"
#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::fleet {

/// A change of status that is worth a log line or a page.
struct StatusChange {
  EndpointKey key;
  TargetStatus from;
  TargetStatus to;
  WallTime previous_since;
};

class ResultStore {
 public:
  ResultStore();
  ~ResultStore();

  /// Adds or updates an endpoint (its target's labels, module ...); state and counters of a known one stay.
  void put_endpoint(const EndpointKey& key, inventory::TargetPtr target, WallTime now);
  /// Removes one endpoint; its series are gone from the next scrape on.
  void remove_endpoint(const EndpointKey& key);

  /// Once for each run, on every way out that is the target's (never local_fault or abandoned). A key that has been
  /// removed meanwhile is ignored. Returns the status change, if there was one.
  std::optional<StatusChange> record(const EndpointKey& key, RunRecord run);

  /// A copy of one state.
  std::optional<TargetState> find(const EndpointKey& key) const;
  std::size_t size() const;

  /// Visits every endpoint in a stable order (by target, then address) with bounded lock time: at most `chunk`
  /// endpoints under one lock. `visit` must not call the store.
  void for_each(const std::function<void(const TargetState&)>& visit, std::size_t chunk = 64) const;

  GroupStatistics& groups();
  const GroupStatistics& groups() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rdpwatch::fleet
