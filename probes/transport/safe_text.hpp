#pragma once
// Text made of bytes that a host sent: always valid UTF-8, without control characters, bounded. Pure
// functions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rdpwatch::transport {

/// `bytes` as UTF-8 of at most `max_bytes`, cut between characters. Each byte that belongs to no valid
/// sequence, and each C1 control character, becomes U+FFFD; other control characters become a backslash and
/// two hex digits.
std::string safe_utf8(std::string_view bytes, std::size_t max_bytes);

/// Two lower-case hex digits a byte.
std::string lower_hex(std::span<const std::uint8_t> bytes);

/// Printable ASCII as it is, a dot for every other byte.
std::string printable_ascii(std::span<const std::uint8_t> bytes);

}  // namespace rdpwatch::transport
