#pragma once
// What every text of a host must be once it is decoded: valid UTF-8 without control characters.

#include <cstdint>
#include <cstdlib>
#include <string>

namespace rdpwatch::fuzz {

/// The length of the UTF-8 sequence at text[at]; 0 when it is not valid or a control character.
inline std::size_t sequence_length(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const unsigned char first = byte(at);
  if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  std::uint32_t c = first & (0xFF >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
    c = c << 6 | (byte(at + i) & 0x3F);
  }
  const std::uint32_t least = length == 2 ? 0xA0 : length == 3 ? 0x800 : 0x10000;
  return c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) ? 0 : length;
}

/// Aborts unless the text is safe to show and has at most `most` characters.
inline void check_text(const std::string& text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    const std::size_t length = sequence_length(text, at);
    if (length == 0) std::abort();
    at += length;
  }
  if (characters > most) std::abort();
}

}  // namespace rdpwatch::fuzz
