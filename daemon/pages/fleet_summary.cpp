#include "daemon/pages/fleet_summary.hpp"

#include <algorithm>
#include <numeric>

namespace rdpwatch::pages {

using fleet::TargetStatus;

std::uint64_t total(const StateCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint64_t failing(const StateCounts& counts) {
  return counts[static_cast<std::size_t>(TargetStatus::down)] +
         counts[static_cast<std::size_t>(TargetStatus::flapping)];
}

FleetSummary summary_of(const std::vector<fleet::StatePtr>& fleet, fleet::WallTime now) {
  FleetSummary summary;
  for (const auto& state : fleet) {
    const auto status = static_cast<std::size_t>(state->status);
    ++summary.states[status];
    ++summary.groups[state->target->group][status];
    const auto site = state->target->labels.find("site");
    if (site != state->target->labels.end()) ++summary.sites[site->second][status];
    if (state->last_result && state->last_result->failure) {
      const auto& failure = *state->last_result->failure;
      ++summary.failures[{failure.phase, failure.reason}];
    }
    if (state->status == TargetStatus::down && now - state->status_since <= kNews)
      summary.news.push_back(state);
    if (!state->last_run) {
      ++summary.not_probed_yet;
    } else if (!summary.oldest || *state->last_run < *summary.oldest->last_run) {
      summary.oldest = state;
    }
  }
  std::stable_sort(summary.news.begin(), summary.news.end(),
                   [](const auto& a, const auto& b) { return a->status_since > b->status_since; });
  return summary;
}

}  // namespace rdpwatch::pages
