#pragma once
// Named byte strings that a broken or foreign host answers with.

#include <optional>
#include <span>
#include <string_view>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

struct NamedPayload {
  std::string_view name;
  Bytes bytes;
  std::string_view help;
};

std::span<const NamedPayload> payloads();
std::optional<Bytes> payload(std::string_view name);

/// A TLS alert record in clear (RFC 5246 section 7.2). close_notify (0) is a warning, every other alert is
/// fatal.
Bytes alert_record(std::uint8_t alert);

/// "0a0b" -> {0x0A, 0x0B}; spaces between bytes are allowed. Nothing for anything else.
std::optional<Bytes> from_hex(std::string_view text);

}  // namespace rdpwatch::sim
