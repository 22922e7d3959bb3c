#include "daemon/fleet/fleet_judgement.hpp"

#include <algorithm>

namespace rdpwatch::fleet {
namespace {

constexpr std::uint64_t kStatusBits = 7;
static_assert(kTargetStatuses.size() <= kStatusBits + 1);

std::size_t with_verdict(const GroupJudgement& group) {
  const auto count = [&group](TargetStatus status) {
    return group.targets[static_cast<std::size_t>(status)];
  };
  return count(TargetStatus::up) + count(TargetStatus::down) + count(TargetStatus::flapping);
}

}  // namespace

FleetJudgement::FleetJudgement(const std::vector<StatePtr>& fleet, WallTime now) : judged_at_(now) {
  statuses_.reserve(fleet.size());
  for (const auto& state : fleet) {
    statuses_.push_back((hash_of(state->key) & ~kStatusBits) | static_cast<std::uint64_t>(state->status));
  }
  std::sort(statuses_.begin(), statuses_.end());
  paths_ = path_failures(fleet);
  prober_blind_ = is_prober_blind(fleet, paths_);
  judge_clock(fleet);
  judge_groups(fleet);
}

void FleetJudgement::judge_groups(const std::vector<StatePtr>& fleet) {
  std::map<std::string_view, Members> by_group;
  for (const auto& state : fleet) by_group[state->target->group].push_back(state.get());
  const auto excused = [this](const EndpointKey& key) { return prober_blind_ || path_of(key) != nullptr; };
  for (const auto& [name, members] : by_group) {
    add_failure_outliers(members, excused, outliers_);
    add_latency_outliers(members, outliers_);
    add_certificate_outliers(members, outliers_);
    add_security_outliers(members, outliers_);
    add_build_outliers(members, outliers_);
    GroupJudgement& group = groups_[std::string(name)];
    for (const auto* const member : members) {
      ++group.targets[static_cast<std::size_t>(member->status)];
      const bool wanted = group.healthy.size() <= kHealthySiblings && member->status == TargetStatus::up;
      if (wanted && !outliers_.contains(member->key)) group.healthy.push_back(member->key);
    }
  }
}

void FleetJudgement::judge_clock(const std::vector<StatePtr>& fleet) {
  std::vector<handshake::Seconds> skews;
  for (const auto& state : fleet) {
    if (state->clock.skew) skews.push_back(*state->clock.skew);
  }
  if (skews.size() < kClocksToCompare) return;
  const auto middle = skews.begin() + static_cast<std::ptrdiff_t>(skews.size() / 2);
  std::nth_element(skews.begin(), middle, skews.end());
  median_clock_skew_ = *middle;
  prober_clock_wrong_ = std::chrono::abs(*middle) > kWrongClock;
}

Standing FleetJudgement::standing(const EndpointKey& key, const std::string& group) const {
  Standing standing;
  standing.judged_at = judged_at_;
  standing.prober_blind = prober_blind_;
  standing.prober_clock_wrong = prober_clock_wrong_;
  standing.outliers = outliers_of(key);
  standing.path = path_of(key);
  const auto found = groups_.find(group);
  if (found == groups_.end()) return standing;
  standing.siblings = with_verdict(found->second);
  standing.siblings_up = found->second.targets[static_cast<std::size_t>(TargetStatus::up)];
  const auto own = status_of(key);
  const bool is_up = own == TargetStatus::up;
  const bool has_verdict = is_up || own == TargetStatus::down || own == TargetStatus::flapping;
  // A reload may have moved the endpoint into this group after the judgement.
  if (has_verdict && standing.siblings > 0) --standing.siblings;
  if (is_up && standing.siblings_up > 0) --standing.siblings_up;
  for (const auto& healthy : found->second.healthy) {
    if (healthy != key && standing.healthy_siblings.size() < kHealthySiblings)
      standing.healthy_siblings.push_back(healthy);
  }
  return standing;
}

std::span<const Outlier> FleetJudgement::outliers_of(const EndpointKey& key) const {
  const auto found = outliers_.find(key);
  return found == outliers_.end() ? std::span<const Outlier>() : std::span<const Outlier>(found->second);
}

const PathFailure* FleetJudgement::path_of(const EndpointKey& key) const {
  const auto hash = hash_of(key);
  const auto found = std::find_if(paths_.begin(), paths_.end(), [hash](const PathFailure& path) {
    return std::binary_search(path.hashes.begin(), path.hashes.end(), hash);
  });
  return found == paths_.end() ? nullptr : &*found;
}

std::optional<TargetStatus> FleetJudgement::status_of(const EndpointKey& key) const {
  const auto hash = hash_of(key) & ~kStatusBits;
  const auto found = std::lower_bound(statuses_.begin(), statuses_.end(), hash);
  if (found == statuses_.end() || (*found & ~kStatusBits) != hash) return std::nullopt;
  return static_cast<TargetStatus>(*found & kStatusBits);
}

}  // namespace rdpwatch::fleet
