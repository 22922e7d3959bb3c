#pragma once
// ByteReader: reads integers from a span, never past its end. A read beyond the end gives 0 and marks the
// reader as failed for good, so that a decoder checks once, before it uses what it read.

#include <cstddef>
#include <cstdint>
#include <span>

namespace rdpwatch::wire {

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(little_endian(1)); }
  std::uint16_t u16le() { return static_cast<std::uint16_t>(little_endian(2)); }
  std::uint32_t u32le() { return static_cast<std::uint32_t>(little_endian(4)); }
  std::uint16_t u16be() {
    const std::uint16_t high = u8();
    return static_cast<std::uint16_t>(high << 8 | u8());
  }

  /// The next `count` bytes; empty, and failed, when there are fewer.
  std::span<const std::uint8_t> take(std::size_t count) {
    if (failed_ || count > remaining()) {
      failed_ = true;
      return {};
    }
    const auto taken = bytes_.subspan(offset_, count);
    offset_ += count;
    return taken;
  }

  std::size_t remaining() const { return bytes_.size() - offset_; }
  std::size_t offset() const { return offset_; }
  bool failed() const { return failed_; }

 private:
  std::uint64_t little_endian(std::size_t count) {
    std::uint64_t value = 0;
    const auto taken = take(count);
    for (std::size_t i = taken.size(); i > 0; --i) value = value << 8 | taken[i - 1];
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t offset_ = 0;
  bool failed_ = false;
};

}  // namespace rdpwatch::wire
