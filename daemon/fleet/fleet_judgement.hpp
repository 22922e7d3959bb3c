#pragma once
// FleetJudgement: what only a look at the whole fleet can tell of an endpoint. A pure function of a snapshot
// and the time makes it; immutable after that, so any thread may read one.

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/fleet/outliers.hpp"
#include "daemon/fleet/path_failures.hpp"
#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::fleet {

/// Healthy siblings that an endpoint is told of.
inline constexpr std::size_t kHealthySiblings = 3;

/// Beyond this the median host's clock says that it is ours that is wrong; from this many hosts on.
inline constexpr std::chrono::seconds kWrongClock{60};
inline constexpr std::size_t kClocksToCompare = 5;

struct GroupJudgement {
  std::array<std::size_t, kTargetStatuses.size()> targets{};  ///< by TargetStatus
  /// The first kHealthySiblings + 1 that are up and no outliers, by key: enough for each of them to have
  /// kHealthySiblings others.
  std::vector<EndpointKey> healthy;
};

/// How one endpoint stands in its fleet, at the time of the judgement.
struct Standing {
  WallTime judged_at;
  std::size_t siblings = 0;     ///< others of its group that have a verdict: up, down or flapping
  std::size_t siblings_up = 0;  ///< of these
  std::vector<EndpointKey> healthy_siblings;  ///< at most kHealthySiblings, the same ones each time
  /// It went down together with all that share this; null when it did not. Lives as long as the judgement.
  const PathFailure* path = nullptr;
  std::span<const Outlier> outliers;  ///< what differs from its group; lives as long as the judgement
  /// The whole fleet speaks against this machine rather than against a host: to be said before anything else.
  bool prober_blind = false;
  bool prober_clock_wrong = false;
};

class FleetJudgement {
 public:
  /// Of no fleet.
  FleetJudgement() = default;
  /// `fleet` as ResultStore::snapshot() gives it.
  FleetJudgement(const std::vector<StatePtr>& fleet, WallTime now);

  /// Of an endpoint of `group` (its target's). One that the judgement has not seen yet has siblings too.
  Standing standing(const EndpointKey& key, const std::string& group) const;

  WallTime judged_at() const { return judged_at_; }
  const std::map<std::string, GroupJudgement>& groups() const { return groups_; }
  const Outliers& outliers() const { return outliers_; }
  std::span<const Outlier> outliers_of(const EndpointKey& key) const;
  const std::vector<PathFailure>& paths() const { return paths_; }
  bool prober_blind() const { return prober_blind_; }
  bool prober_clock_wrong() const { return prober_clock_wrong_; }
  /// Of at least kClocksToCompare hosts, host minus prober; nothing for fewer.
  std::optional<handshake::Seconds> median_clock_skew() const { return median_clock_skew_; }

 private:
  void judge_groups(const std::vector<StatePtr>& fleet);
  void judge_clock(const std::vector<StatePtr>& fleet);
  const PathFailure* path_of(const EndpointKey& key) const;
  std::optional<TargetStatus> status_of(const EndpointKey& key) const;

  WallTime judged_at_;
  std::map<std::string, GroupJudgement> groups_;
  Outliers outliers_;
  std::vector<PathFailure> paths_;
  bool prober_blind_ = false;
  bool prober_clock_wrong_ = false;
  std::optional<handshake::Seconds> median_clock_skew_;
  std::vector<std::uint64_t> statuses_;  ///< hash_of() each endpoint, its lowest bits the status; sorted
};

using JudgementPtr = std::shared_ptr<const FleetJudgement>;

}  // namespace rdpwatch::fleet
