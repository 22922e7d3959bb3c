#pragma once
// ConnectionPace: how soon the next connection to one address:port is allowed. Pure; the caller brings the
// time. Not thread-safe: the gate guards it.

#include <cstddef>
#include <vector>

#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::scheduling {

struct PaceRules {
  handshake::Duration spacing;  ///< from the end of one connection to the start of the next
  handshake::Duration window;   ///< the sliding window in which at most per_window connections start
  std::size_t per_window;       ///< at least 1
};

class ConnectionPace {
 public:
  void opened(handshake::TimePoint now, const PaceRules& rules);
  void closed(handshake::TimePoint now);

  struct Ready {
    handshake::TimePoint at;
    bool by_rate;  ///< the cap a window decides, not the spacing
  };
  /// The earliest moment at which one more connection may start when `ahead` others go first; never before
  /// `now`. Exact when nothing is open and none is ahead, a lower bound otherwise.
  Ready ready(handshake::TimePoint now, std::size_t ahead, const PaceRules& rules) const;

  /// Whether the past no longer constrains anything, so that this object can be forgotten.
  bool idle(handshake::TimePoint now, const PaceRules& rules) const;

 private:
  std::vector<handshake::TimePoint>
      starts_;  ///< oldest first; those that left the window go at the next start
  handshake::TimePoint last_close_ = handshake::TimePoint::min();
  bool open_ = false;
};

}  // namespace rdpwatch::scheduling
