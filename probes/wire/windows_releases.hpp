#pragma once
// Names of Windows releases by the version and build that a host reports.

#include <cstdint>
#include <optional>
#include <string_view>

namespace rdpwatch::wire {

/// The release of major.minor.build; nothing for a build that windows_releases.def does not list. FreeRDP's
/// server says 6.1.7601 on every system, and other servers that are not Windows make up a version too.
std::optional<std::string_view> windows_release(std::uint8_t major, std::uint8_t minor, std::uint16_t build);

}  // namespace rdpwatch::wire
