#pragma once
// Durations in Prometheus's syntax: 250ms, 30s, 5m, 1h30m, 1d, 2w, 1y; units from the largest down, each
// once.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rdpwatch::config {

/// Nothing for any other text, and for more than a hundred years. "0" needs no unit.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The same syntax, without weeks and years: "1h30m", "1d", "0s".
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace rdpwatch::config
