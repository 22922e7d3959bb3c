#include "probes/transport/safe_text.hpp"

namespace rdpwatch::transport {
namespace {

constexpr std::string_view kHexLower = "0123456789abcdef";
constexpr std::string_view kHexUpper = "0123456789ABCDEF";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Length of the valid UTF-8 sequence at the start of `bytes`, 0 when there is none. By the table of
/// well-formed sequences in RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t sequence_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t lead = at(0);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (bytes.size() < length || at(1) < low || at(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (at(i) < 0x80 || at(i) > 0xBF) return 0;
  }
  return length;
}

}  // namespace

std::string safe_utf8(std::string_view bytes, std::size_t max_bytes) {
  std::string text;
  while (!bytes.empty()) {
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    const std::size_t length = sequence_length(bytes);
    const bool c1_control = length == 2 && first == 0xC2 && static_cast<std::uint8_t>(bytes[1]) < 0xA0;
    char escaped[3] = {'\\', kHexUpper[first >> 4], kHexUpper[first & 0x0F]};
    std::string_view piece = bytes.substr(0, length);
    if (length == 0 || c1_control) {
      piece = kReplacement;
    } else if (first < 0x20 || first == 0x7F) {
      piece = {escaped, sizeof escaped};
    }
    if (text.size() + piece.size() > max_bytes) break;
    text += piece;
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return text;
}

std::string lower_hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kHexLower[byte >> 4];
    text += kHexLower[byte & 0x0F];
  }
  return text;
}

std::string printable_ascii(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += byte >= 0x20 && byte < 0x7F ? static_cast<char>(byte) : '.';
  return text;
}

}  // namespace rdpwatch::transport
