#include "daemon/fleet/common_outage.hpp"

#include <algorithm>

namespace rdpwatch::fleet {

OutageSpan outage_span(const TargetState& failing) {
  return {failing.failing_since - 2 * failing.target->interval - kOutageSlack, failing.failing_since};
}

std::optional<CommonOutage> common_outage(const std::vector<OutageSpan>& failures,
                                          const std::function<bool(const CommonOutage&)>& counts) {
  std::vector<WallTime> from;
  std::vector<WallTime> to;
  for (const auto& span : failures) {
    from.push_back(span.from);
    to.push_back(span.to);
  }
  std::sort(from.begin(), from.end());
  std::sort(to.begin(), to.end());
  std::optional<CommonOutage> best;
  // Wherever the most spans overlap, the first of them to end ends there: no other moments need be tried.
  for (const auto moment : to) {
    const auto begun =
        static_cast<std::size_t>(std::upper_bound(from.begin(), from.end(), moment) - from.begin());
    const auto ended = static_cast<std::size_t>(std::lower_bound(to.begin(), to.end(), moment) - to.begin());
    const CommonOutage outage{moment, begun - ended, failures.size() - begun, ended};
    const bool better = !best || outage.together >= best->together;
    if (better && counts(outage)) best = outage;
  }
  return best;
}

bool was_up_before(const TargetState& state) {
  const bool has_verdict = state.status == TargetStatus::up || state.status == TargetStatus::down ||
                           state.status == TargetStatus::flapping;
  return has_verdict && state.last_success.has_value();
}

bool is_failing(const TargetState& state) {
  return state.consecutive_failures > 0;
}

}  // namespace rdpwatch::fleet
