#pragma once
// Times and durations as text and numbers. All times are UTC.

#include <chrono>
#include <string>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

using WallTime = std::chrono::system_clock::time_point;

/// RFC 3339: "2026-11-22T14:00:00.123Z" and "2026-11-22T14:00:00Z". Rounded down.
std::string rfc3339_milliseconds(WallTime time);
std::string rfc3339_seconds(WallTime time);

/// "2026-11-22 14:00:00 UTC" and "2026-11-22", for people.
std::string date_and_time(WallTime time);
std::string date(WallTime time);

/// Rounded to microseconds, so that it prints short.
double seconds(handshake::Duration duration);

/// One decimal at most: "93.2", "-3", "0".
double round_to_tenth(double value);

/// How far a host's clock is from ours, which `skew` (host minus prober) says: "2 h 0 min ahead of this
/// machine", "12 s behind this machine", "within a second of this machine's".
std::string clock_skew_in_words(handshake::Seconds skew);

/// Plain decimal, as short as it can be: "0.041", "93.2", "-3".
std::string decimal(double value);

}  // namespace rdpwatch::report
