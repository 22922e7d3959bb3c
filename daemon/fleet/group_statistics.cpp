#include "daemon/fleet/group_statistics.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

namespace rdpwatch::fleet {
namespace {

std::size_t index(TargetStatus status) {
  return static_cast<std::size_t>(status);
}

std::optional<std::size_t> index(handshake::Phase phase) {
  const auto* const found = std::find(kGroupPhases.begin(), kGroupPhases.end(), phase);
  if (found == kGroupPhases.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kGroupPhases.begin());
}

/// Policy and certificate rules are judged after the phase has ended, so its duration is a real one.
bool judged_afterwards(handshake::FailureReason reason) {
  const auto category = handshake::category(reason);
  return category == handshake::Category::policy || category == handshake::Category::certificate;
}

}  // namespace

bool group_failure_exists(handshake::Phase phase, handshake::FailureReason reason) {
  return handshake::can_occur(reason, phase) && handshake::category(reason) != handshake::Category::local;
}

void PhaseHistogram::observe(handshake::Duration duration) {
  const auto* const bucket = std::lower_bound(kPhaseBuckets.begin(), kPhaseBuckets.end(), duration);
  ++counts[static_cast<std::size_t>(bucket - kPhaseBuckets.begin())];
  sum += duration;
}

std::uint64_t GroupCounters::endpoints() const {
  return std::accumulate(targets.begin(), targets.end(), std::uint64_t{0});
}

void GroupStatistics::add_endpoint(const std::string& group, TargetStatus status) {
  ++groups_[group].targets[index(status)];
}

void GroupStatistics::remove_endpoint(const std::string& group, TargetStatus status) {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return;
  --found->second.targets[index(status)];
  if (found->second.endpoints() == 0) groups_.erase(found);
}

void GroupStatistics::change_status(const std::string& group, TargetStatus from, TargetStatus to) {
  auto& counters = groups_[group];
  --counters.targets[index(from)];
  ++counters.targets[index(to)];
}

void GroupStatistics::count_failure(const std::string& group, const handshake::Failure& failure) {
  const auto phase = index(failure.phase);
  if (phase) ++groups_[group].failures[*phase][static_cast<std::size_t>(failure.reason)];
}

void GroupStatistics::observe_phases(const std::string& group, const handshake::ProbeResult& attempt) {
  for (const auto& timing : attempt.phases) {
    // How long a failure took says nothing of how fast the group is: a refused connection would look best of
    // all.
    const bool broke_off = attempt.failure && attempt.failure->phase == timing.phase &&
                           !judged_afterwards(attempt.failure->reason);
    const auto phase = index(timing.phase);
    if (phase && !broke_off) groups_[group].phases[*phase].observe(timing.duration);
  }
}

}  // namespace rdpwatch::fleet
