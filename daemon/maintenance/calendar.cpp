#include "daemon/maintenance/calendar.hpp"

#include <algorithm>

#include "config/time_zone.hpp"

namespace rdpwatch::maintenance {
namespace {

using std::chrono::days;
using std::chrono::local_days;

/// A monthly window is at most so far away, and one that opens every fourth Friday is every month.
constexpr days kLongestGap{63};

bool is_on(const config::WindowSettings& window, local_days day) {
  const std::chrono::weekday weekday(day);
  if (window.repeat == config::WindowRepeat::weekly)
    return std::ranges::find(window.weekdays, weekday.c_encoding()) != window.weekdays.end();
  const std::chrono::year_month_day date(day);
  const unsigned which = (static_cast<unsigned>(date.day()) - 1) / 7 + 1;
  const bool is_last = std::chrono::year_month_day(day + days(7)).month() != date.month();
  return std::ranges::any_of(window.monthly_days, [&](const config::MonthlyDay& wanted) {
    return wanted.weekday == weekday.c_encoding() &&
           (wanted.which == config::kLastOfMonth ? is_last : wanted.which == which);
  });
}

Span span_from(const config::WindowSettings& window, config::LocalMinutes begin) {
  const WallTime from = config::instant_of(begin, window.time_zone);
  if (window.to) return {from, config::instant_of(*window.to, window.time_zone)};
  return {from, from + window.duration};
}

local_days local_day(const config::WindowSettings& window, WallTime time) {
  return std::chrono::floor<days>(
      config::local_of(std::chrono::floor<std::chrono::seconds>(time), window.time_zone));
}

}  // namespace

std::optional<Span> open_at(const config::WindowSettings& window, WallTime time) {
  std::optional<Span> found;
  const auto consider = [&](const Span& span) {
    if (span.from <= time && time < span.until && (!found || span.until > found->until)) found = span;
  };
  if (window.repeat == config::WindowRepeat::once) {
    consider(span_from(window, window.from));
    return found;
  }
  // A day more at both ends: clocks that are put forward or back move a begin by less than that.
  const local_days today = local_day(window, time);
  const local_days first = today - std::chrono::ceil<days>(window.duration) - days(1);
  for (local_days day = first; day <= today + days(1); day += days(1)) {
    if (is_on(window, day)) consider(span_from(window, day + window.at));
  }
  return found;
}

std::optional<Span> next_after(const config::WindowSettings& window, WallTime time) {
  if (window.repeat == config::WindowRepeat::once) {
    const Span span = span_from(window, window.from);
    return span.from > time ? std::optional(span) : std::nullopt;
  }
  const local_days today = local_day(window, time);
  for (local_days day = today - days(1); day <= today + kLongestGap; day += days(1)) {
    if (!is_on(window, day)) continue;
    const Span span = span_from(window, day + window.at);
    if (span.from > time) return span;
  }
  return std::nullopt;
}

}  // namespace rdpwatch::maintenance
