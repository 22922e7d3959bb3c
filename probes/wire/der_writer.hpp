#pragma once
// The writing side of DER (ITU-T X.690): one element with a one-byte tag and the shortest definite length.

#include <cstdint>
#include <span>
#include <vector>

#include "probes/wire/byte_writer.hpp"

namespace rdpwatch::wire {

/// `contents` is at most 65535 bytes.
inline std::vector<std::uint8_t> der_element(std::uint8_t tag, std::span<const std::uint8_t> contents) {
  ByteWriter writer;
  writer.u8(tag);
  if (contents.size() < 0x80) {
    writer.u8(static_cast<std::uint8_t>(contents.size()));
  } else if (contents.size() <= 0xFF) {
    writer.u8(0x81).u8(static_cast<std::uint8_t>(contents.size()));
  } else {
    writer.u8(0x82).u16be(static_cast<std::uint16_t>(contents.size()));
  }
  writer.bytes(contents);
  return writer.take();
}

}  // namespace rdpwatch::wire
