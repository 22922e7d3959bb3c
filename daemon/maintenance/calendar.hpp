#pragma once
// When a planned window is open. Pure functions: the time comes from the caller. A window begins when the
// clocks of its time zone show its time (config/time_zone.hpp says what happens where they are put forward or
// back) and goes on for its duration of elapsed time, past midnight too.

#include <chrono>
#include <optional>

#include "config/settings.hpp"

namespace rdpwatch::maintenance {

using WallTime = std::chrono::system_clock::time_point;

/// From `from` on, until just before `until`.
struct Span {
  WallTime from;
  WallTime until;
  bool operator==(const Span&) const = default;
};

/// The span that holds `time`; of several the one that ends last. Nothing while the window is closed.
std::optional<Span> open_at(const config::WindowSettings& window, WallTime time);

/// The first span that begins after `time`; nothing when none will.
std::optional<Span> next_after(const config::WindowSettings& window, WallTime time);

}  // namespace rdpwatch::maintenance
