#pragma once
// Whether failures that were seen at different times began at one moment: a host is probed once an interval,
// so of each failure only a span is known in which it began. Thread-safe: pure functions.

#include <functional>
#include <optional>
#include <vector>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::fleet {

/// On top of two probe intervals: the timeouts of an attempt and of its confirmation.
inline constexpr std::chrono::seconds kOutageSlack{30};

/// The span in which a failure began: two probe intervals (one run may have been skipped) and kOutageSlack,
/// up to the run that saw it.
struct OutageSpan {
  WallTime from;
  WallTime to;
};
OutageSpan outage_span(const TargetState& failing);

/// How the failures lie around one moment.
struct CommonOutage {
  WallTime moment;
  std::size_t together = 0;  ///< began at this moment, as far as their spans say
  std::size_t later = 0;     ///< were still up at it
  /// Failing since before: they say nothing of what happened at this moment.
  std::size_t earlier = 0;
};

/// Of the moments at which `counts` holds the one with the most failures together; of equal ones the latest.
std::optional<CommonOutage> common_outage(const std::vector<OutageSpan>& failures,
                                          const std::function<bool(const CommonOutage&)>& counts);

/// Whether what can be judged by an outage may be judged by this endpoint: it has been up before, and a run
/// has said something of it. Of others nothing is known that could have ended.
bool was_up_before(const TargetState& state);
/// Its last run failed; also while it flaps.
bool is_failing(const TargetState& state);

}  // namespace rdpwatch::fleet
