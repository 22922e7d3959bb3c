#include "daemon/fleet/state_counts.hpp"

#include <algorithm>
#include <numeric>

namespace rdpwatch::fleet {

void count(StateCounts& counts, const TargetState& state) {
  ++counts[static_cast<std::size_t>(state.status)];
}

void count(FailureCounts& counts, const TargetState& state) {
  if (!state.last_result || !state.last_result->failure) return;
  const auto& failure = *state.last_result->failure;
  ++counts[{failure.phase, failure.reason}];
}

std::uint64_t of(const StateCounts& counts, TargetStatus status) {
  return counts[static_cast<std::size_t>(status)];
}

std::uint64_t total(const StateCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint64_t failing(const StateCounts& counts) {
  return of(counts, TargetStatus::down) + of(counts, TargetStatus::flapping);
}

std::vector<std::pair<FailureCounts::key_type, std::uint64_t>> most_frequent_first(
    const FailureCounts& counts) {
  std::vector<std::pair<FailureCounts::key_type, std::uint64_t>> rows(counts.begin(), counts.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return rows;
}

}  // namespace rdpwatch::fleet
