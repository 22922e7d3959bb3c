#include "daemon/pages/fleet_summary.hpp"

#include <algorithm>

#include "daemon/fleet/clean_up.hpp"

namespace rdpwatch::pages {

using fleet::TargetStatus;

FleetSummary summary_of(const std::vector<fleet::StatePtr>& fleet, fleet::WallTime now) {
  FleetSummary summary;
  for (const auto& state : fleet) {
    fleet::count(summary.states, *state);
    fleet::count(summary.groups[state->target->group], *state);
    const auto site = state->target->label("site");
    if (!site.empty()) fleet::count(summary.sites[site], *state);
    fleet::count(summary.failures, *state);
    if (state->status == TargetStatus::down && now - state->status_since <= kNews)
      summary.news.push_back(state);
    if (state->maintenance) ++summary.covered;
    if (state->maintenance && state->status == TargetStatus::up) ++summary.covered_up;
    if (fleet::clean_up(*state, now)) ++summary.to_clean_up;
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
