#include "probes/wire/utf16.hpp"

#include "probes/wire/byte_reader.hpp"

namespace rdpwatch::wire {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}
bool is_high_surrogate(char32_t c) {
  return c >= 0xD800 && c <= 0xDBFF;
}
bool is_low_surrogate(char32_t c) {
  return c >= 0xDC00 && c <= 0xDFFF;
}

void append_utf8(std::string& text, char32_t c) {
  if (is_control(c) || is_high_surrogate(c) || is_low_surrogate(c)) c = kReplacement;
  const auto continuation = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0 | c >> 6);
    text += continuation(0);
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0 | c >> 12);
    text += continuation(6);
    text += continuation(0);
  } else {
    text += static_cast<char>(0xF0 | c >> 18);
    text += continuation(12);
    text += continuation(6);
    text += continuation(0);
  }
}

}  // namespace

std::string utf8_from_utf16le(std::span<const std::uint8_t> bytes) {
  std::string text;
  ByteReader reader(bytes);
  while (reader.remaining() >= 2) {
    const char32_t first = reader.u16le();
    if (is_high_surrogate(first) && reader.remaining() >= 2) {
      ByteReader ahead = reader;
      const char32_t second = ahead.u16le();
      if (is_low_surrogate(second)) {
        append_utf8(text, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        reader = ahead;
        continue;
      }
    }
    append_utf8(text, first);
  }
  if (reader.remaining() > 0) append_utf8(text, kReplacement);
  return text;
}

std::string utf8_from_oem(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) append_utf8(text, byte < 0x80 ? char32_t{byte} : kReplacement);
  return text;
}

}  // namespace rdpwatch::wire
