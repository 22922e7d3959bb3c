#pragma once
// ByteWriter: appends integers and bytes to a vector.

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace rdpwatch::wire {

class ByteWriter {
 public:
  ByteWriter& u8(std::uint8_t value) {
    bytes_.push_back(value);
    return *this;
  }
  ByteWriter& u16le(std::uint16_t value) { return u8(value & 0xFF).u8(value >> 8); }
  ByteWriter& u16be(std::uint16_t value) { return u8(value >> 8).u8(value & 0xFF); }
  ByteWriter& u32le(std::uint32_t value) { return u16le(value & 0xFFFF).u16le(value >> 16); }
  ByteWriter& text(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  ByteWriter& bytes(std::span<const std::uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }

  std::size_t size() const { return bytes_.size(); }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace rdpwatch::wire
