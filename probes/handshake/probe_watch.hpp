#pragma once
// ProbeWatch: what somebody who waits for a probe may want besides its result.

#include <functional>
#include <optional>
#include <string>

#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::handshake {

struct ProbeWatch {
  /// By then the first connection must have begun: when politeness does not allow that, which is known at
  /// once where the cap a minute is the reason, the probe ends with Verdict::abandoned. None: the wait is
  /// bounded by the gate alone.
  std::optional<TimePoint> admit_by;

  /// Gets each step as one plain sentence when it happens, with the time since the probe began. Called on the
  /// probe's thread, and must not throw. Empty: nobody listens, and nothing is made.
  std::function<void(Duration at, std::string text)> step;
};

}  // namespace rdpwatch::handshake
