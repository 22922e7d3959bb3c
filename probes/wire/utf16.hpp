#pragma once
// Text as Windows sends it, UTF-16 little-endian, turned into UTF-8 that is safe to show.

#include <cstdint>
#include <span>
#include <string>

namespace rdpwatch::wire {

/// Always gives valid UTF-8. A surrogate without its partner, a control character (which no name has, but a
/// terminal would obey) and an odd byte at the end each become U+FFFD.
std::string utf8_from_utf16le(std::span<const std::uint8_t> bytes);

/// The same for one-byte text of an unknown code page: what isn't printable ASCII becomes U+FFFD.
std::string utf8_from_oem(std::span<const std::uint8_t> bytes);

}  // namespace rdpwatch::wire
