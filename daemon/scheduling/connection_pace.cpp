#include "daemon/scheduling/connection_pace.hpp"

#include <algorithm>

namespace rdpwatch::scheduling {

using handshake::TimePoint;

void ConnectionPace::opened(TimePoint now, const PaceRules& rules) {
  std::erase_if(starts_, [&](TimePoint start) { return start + rules.window <= now; });
  starts_.push_back(now);
  open_ = true;
}

void ConnectionPace::closed(TimePoint now) {
  last_close_ = now;
  open_ = false;
}

ConnectionPace::Ready ConnectionPace::ready(TimePoint now, std::size_t ahead, const PaceRules& rules) const {
  // Each connection that goes first takes at least no time at all, and the spacing after it.
  TimePoint by_spacing = now;
  if (open_) {
    by_spacing = now + rules.spacing;
  } else if (last_close_ != TimePoint::min()) {
    by_spacing = std::max(now, last_close_ + rules.spacing);
  }
  by_spacing += rules.spacing * static_cast<handshake::Duration::rep>(ahead);

  const auto in_window =
      std::ranges::find_if(starts_, [&](TimePoint start) { return start + rules.window > now; });
  const auto counted = static_cast<std::size_t>(starts_.end() - in_window);
  TimePoint by_rate = now;
  if (counted + ahead >= rules.per_window) {
    // This many of the connections known or ahead must have left the window by then.
    const std::size_t must_leave = counted + ahead + 1 - rules.per_window;
    const bool known = must_leave <= counted;
    by_rate = known ? *(in_window + static_cast<std::ptrdiff_t>(must_leave - 1)) + rules.window
                    : now + rules.window;
  }
  return {std::max(by_spacing, by_rate), by_rate > by_spacing};
}

bool ConnectionPace::idle(TimePoint now, const PaceRules& rules) const {
  if (open_) return false;
  const bool spaced = last_close_ == TimePoint::min() || last_close_ + rules.spacing <= now;
  return spaced && (starts_.empty() || starts_.back() + rules.window <= now);
}

}  // namespace rdpwatch::scheduling
