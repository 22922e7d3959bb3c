#include "config/yaml_text.hpp"

#include <cstdint>
#include <cstdio>

namespace rdpwatch::config {

namespace {

constexpr std::size_t kMostValues = 5'000'000;

/// Length of the UTF-8 sequence at the front of `text`, 0 when it is none (RFC 3629: no surrogates, no
/// overlong forms).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if ((first & 0xF0) == 0xE0) {
    if (!continues(1) || !continues(2)) return 0;
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) >= 0x90;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

/// Whether a value may begin at or after `c`: an upper bound on the parser's tokens, without its memory.
bool may_separate_values(char c, char next) {
  switch (c) {
    case ',':
    case '[':
    case '{':
    case '\n':
      return true;
    case '-':
    case '?':
    case ':':
      return next == ' ' || next == '\t';
    default:
      return false;
  }
}

}  // namespace

bool check_text(std::string_view text, Diagnostics& diagnostics) {
  Place place{1, 1};
  std::size_t values = 1;
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8_length(text.substr(i));
    char hex[5];
    std::snprintf(hex, sizeof hex, "0x%02x", c);
    if (length == 0) {
      diagnostics.add(place, std::string("byte ") + hex + " is not UTF-8, allowed: a text file in UTF-8");
      return false;
    }
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
      diagnostics.add(place, std::string("control character ") + hex + ", allowed: only tab and end of line");
      return false;
    }
    if (may_separate_values(text[i], i + 1 < text.size() ? text[i + 1] : '\n') && ++values > kMostValues) {
      diagnostics.add(place, "too many values, allowed: at most 5000000 lines and values in one file");
      return false;
    }
    if (c == '\n') {
      ++place.line;
      place.column = 1;
    } else {
      place.column += static_cast<int>(length);
    }
    i += length;
  }
  return true;
}

}  // namespace rdpwatch::config
