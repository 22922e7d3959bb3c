#pragma once
// ResultStore: the sole writer of per-target state, and of the statistics by group. Thread-safe: workers
// record, the HTTP thread reads. A state is immutable and replaced as a whole, so one lock held for
// microseconds is enough and a reader goes on with what it has.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/fleet/fleet_judgement.hpp"
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
  /// Adds or updates an endpoint (its target's labels, module ...); state and counters of a known one stay.
  void put_endpoint(const EndpointKey& key, inventory::TargetPtr target, WallTime now);
  /// Removes one endpoint; its series are gone from the next scrape on.
  void remove_endpoint(const EndpointKey& key);

  /// Once for each run, on every way out that is the target's. Attempts that are abandoned or a local fault
  /// are left out; a run that has no other, and a key that has been removed meanwhile, are ignored. Returns
  /// the status change, if there was one (the first verdict is a change from unknown).
  std::optional<StatusChange> record(const EndpointKey& key, RunRecord run);

  /// The endpoint's newest audit; a key that has been removed meanwhile is ignored.
  void record_audit(const EndpointKey& key, handshake::AuditResult audit);

  /// States of an earlier run of the daemon. An endpoint that is put from now on begins with its own, with
  /// the target's labels and interval. Before any endpoint is put.
  void restore(std::map<EndpointKey, std::shared_ptr<TargetState>> states);
  /// The addresses of a target's restored states that no endpoint took yet.
  std::vector<std::string> restorable_addresses(const std::string& target) const;
  /// Frees what no endpoint took.
  void forget_restored();

  /// That of the newest change; a state that was changed by then has the same or a lower one.
  std::uint64_t revision() const;

  /// What experiments made of the last run's diagnosis; ignored when the endpoint is gone or up again.
  void record_diagnosis(const EndpointKey& key, std::shared_ptr<const diagnosis::Diagnosis> diagnosis);

  /// Who is in maintenance from now on, endpoints that are put later included. A change of status for each
  /// endpoint that is down and was not covered, or is not any more. What `coverage` gives is compared by its
  /// address. One caller at a time.
  std::vector<StatusChange> set_coverage(Coverage coverage, WallTime now);

  /// Null when there is no such endpoint.
  StatePtr find(const EndpointKey& key) const;
  std::size_t size() const;

  /// Every endpoint by target, then address. The lock is held for a bounded number of endpoints at a time, so
  /// the snapshot is consistent within a state, not between two.
  std::vector<StatePtr> snapshot() const;

  /// Visits what snapshot() has, without a lock: `visit` may take its time and may call the store.
  void for_each(const std::function<void(const TargetState&)>& visit) const;

  /// A copy; a group exists while it has an endpoint.
  Groups groups() const;

  /// The newest judgement of the fleet, for whoever needs to know how an endpoint stands in it. Never null;
  /// one of no fleet until the first.
  JudgementPtr judgement() const;
  void set_judgement(JudgementPtr judgement);

 private:
  /// Where an endpoint's newest state is. In a set, not a map: a key has two strings, and it is in the state.
  struct Slot {
    mutable StatePtr state;  ///< its key never changes, so neither does the order
  };
  struct ByKey {
    using is_transparent = void;
    bool operator()(const Slot& a, const Slot& b) const { return a.state->key < b.state->key; }
    bool operator()(const Slot& a, const EndpointKey& b) const { return a.state->key < b; }
    bool operator()(const EndpointKey& a, const Slot& b) const { return a < b.state->key; }
  };

  mutable std::mutex mutex_;
  std::set<Slot, ByKey> states_;
  std::map<EndpointKey, std::shared_ptr<TargetState>> restorable_;
  std::uint64_t revision_ = 0;
  GroupStatistics groups_;
  std::shared_ptr<const Coverage> coverage_ = std::make_shared<const Coverage>();  ///< may be empty
  JudgementPtr judgement_ = std::make_shared<const FleetJudgement>();
};

}  // namespace rdpwatch::fleet
