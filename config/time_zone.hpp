#pragma once
// Wall clocks: the IANA time zone database that the system has (package tzdata), read once in a program's
// life. UTC needs none. Thread-safe: functions of what never changes.

#include <chrono>
#include <string>

#include "config/settings.hpp"

namespace rdpwatch::config {

/// Empty for a time zone that there is; else what is wrong with the name, and what is allowed.
std::string fault_of_time_zone(const std::string& name);

/// When the zone's clocks show `local`. A time that they skip: when they go on behind the gap. One that they
/// show twice: the first time. `zone` exists.
std::chrono::sys_seconds instant_of(LocalMinutes local, const std::string& zone);

/// What the zone's clocks show at `instant`. `zone` exists.
std::chrono::local_seconds local_of(std::chrono::sys_seconds instant, const std::string& zone);

}  // namespace rdpwatch::config
