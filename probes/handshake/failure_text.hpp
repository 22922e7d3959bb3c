#pragma once
// Words for people: how an I/O operation ended, in one line that says what, when and after what.

#include <cstdint>
#include <span>
#include <string>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::handshake {

/// "0.4 ms", "12 ms", "1.5 s", "61 s".
std::string to_text(Duration duration);

/// "connection_reset in tls: reset 12 ms after ClientHello, 0 bytes received".
std::string describe(const Failure& failure);

/// For example "reset 12 ms after ClientHello, 0 bytes received".
std::string describe_io(FailureReason reason, const IoMoment& moment);

/// At most 24 bytes as hex, then as text with dots for what is not printable ASCII: `48 54 54 50 "HTTP"`.
std::string describe_bytes(std::span<const std::uint8_t> bytes);

}  // namespace rdpwatch::handshake
