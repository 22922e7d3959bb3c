#pragma once
// Names of TLS alerts (RFC 8446 section 6 and the older versions' lists).

#include <cstdint>
#include <string>
#include <string_view>

namespace rdpwatch::transport {

/// "handshake_failure" for 40; empty for a number that no specification names.
std::string_view alert_name(std::uint8_t number);

/// For people: "handshake_failure (40)", or "unknown alert (77)".
std::string describe_alert(std::uint8_t number);

}  // namespace rdpwatch::transport
