#include "tests/sim/bytes.hpp"

namespace rdpwatch::sim {

namespace {

void append_le(Bytes& bytes, std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// Takes one code point off the front of `text`.
char32_t take_code_point(std::string_view& text) {
  constexpr char32_t kReplacement = 0xFFFD;
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (size == 0 || size > text.size()) {
    text.remove_prefix(1);
    return kReplacement;
  }
  char32_t point = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) {
      text.remove_prefix(1);
      return kReplacement;
    }
    point = point << 6U | (byte(i) & 0x3FU);
  }
  text.remove_prefix(size);
  return point > 0x10FFFF ? kReplacement : point;
}

}  // namespace

void append(Bytes& bytes, std::span<const std::uint8_t> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

void append_u16_le(Bytes& bytes, std::size_t value) {
  append_le(bytes, value, 2);
}

void append_u32_le(Bytes& bytes, std::uint32_t value) {
  append_le(bytes, value, 4);
}

void append_u64_le(Bytes& bytes, std::uint64_t value) {
  append_le(bytes, value, 8);
}

void append_u16_be(Bytes& bytes, std::size_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

std::uint16_t u16_le(std::span<const std::uint8_t> bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(bytes[offset] | bytes[offset + 1] << 8U);
}

std::uint32_t u32_le(std::span<const std::uint8_t> bytes, std::size_t offset) {
  return u16_le(bytes, offset) | std::uint32_t{u16_le(bytes, offset + 2)} << 16U;
}

std::uint16_t u16_be(std::span<const std::uint8_t> bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(bytes[offset] << 8U | bytes[offset + 1]);
}

Bytes utf16(std::string_view text) {
  Bytes bytes;
  while (!text.empty()) {
    const char32_t point = take_code_point(text);
    if (point < 0x10000) {
      append_u16_le(bytes, point);
    } else {
      append_u16_le(bytes, 0xD800 + ((point - 0x10000) >> 10U));
      append_u16_le(bytes, 0xDC00 + ((point - 0x10000) & 0x3FFU));
    }
  }
  return bytes;
}

}  // namespace rdpwatch::sim
