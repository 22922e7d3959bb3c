#include "daemon/fleet/clean_up.hpp"

#include <algorithm>

namespace rdpwatch::fleet {

std::string_view name(CleanUp why) {
  switch (why) {
    case CleanUp::never_up:
      return "never_up";
    case CleanUp::name_not_found:
      return "name_not_found";
  }
  return "";
}

std::optional<CleanUp> clean_up(const TargetState& state, WallTime now) {
  if (state.name_missing_since && now - *state.name_missing_since >= kNameMissingFor)
    return CleanUp::name_not_found;
  if (state.last_run && !state.last_success && now - state.first_seen >= kNeverUpFor)
    return CleanUp::never_up;
  return std::nullopt;
}

std::vector<CleanUpRow> clean_up_list(const std::vector<StatePtr>& fleet, WallTime now) {
  std::vector<CleanUpRow> rows;
  for (const auto& state : fleet) {
    const auto why = clean_up(*state, now);
    if (!why) continue;
    rows.push_back(
        {state, *why, *why == CleanUp::name_not_found ? *state->name_missing_since : state->first_seen});
  }
  std::ranges::stable_sort(rows, [](const CleanUpRow& a, const CleanUpRow& b) { return a.since < b.since; });
  return rows;
}

}  // namespace rdpwatch::fleet
