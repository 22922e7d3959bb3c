#include "tests/sim/der.hpp"

#include "tests/sim/bytes.hpp"

namespace rdpwatch::sim {

Bytes der_length(std::size_t size) {
  if (size < 0x80) return {static_cast<std::uint8_t>(size)};
  if (size < 0x100) return {0x81, static_cast<std::uint8_t>(size)};
  return {0x82, static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)};
}

Bytes der(std::uint8_t tag, const Bytes& content) {
  Bytes element{tag};
  append(element, der_length(content.size()));
  append(element, content);
  return element;
}

std::optional<std::span<const std::uint8_t>> DerReader::take(std::uint8_t tag) {
  if (!next_is(tag) || rest_.size() < 2) {
    failed_ = true;
    return std::nullopt;
  }
  const std::size_t more = rest_[1] < 0x80 ? 0 : rest_[1] & 0x7FU;
  // 0x80 would be an indefinite length, which DER has not.
  if (rest_[1] == 0x80 || more > 2 || rest_.size() < 2 + more) {
    failed_ = true;
    return std::nullopt;
  }
  std::size_t size = more == 0 ? rest_[1] : 0;
  for (std::size_t i = 0; i < more; ++i) size = size * 256 + rest_[2 + i];
  if (size > rest_.size() - 2 - more) {
    failed_ = true;
    return std::nullopt;
  }
  const std::span<const std::uint8_t> content = rest_.subspan(2 + more, size);
  rest_ = rest_.subspan(2 + more + size);
  return content;
}

DerReader DerReader::enter(std::uint8_t tag) {
  const auto content = take(tag);
  DerReader reader(content.value_or(std::span<const std::uint8_t>{}));
  reader.failed_ = !content;
  return reader;
}

}  // namespace rdpwatch::sim
