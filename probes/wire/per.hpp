#pragma once
// The part of PER (ITU-T X.691, the aligned variant) that MCS and GCC share: lengths.

#include <cstddef>
#include <optional>

#include "probes/wire/byte_reader.hpp"
#include "probes/wire/byte_writer.hpp"

namespace rdpwatch::wire {

/// Longest length that is not split into fragments (X.691 section 10.9.3.7).
inline constexpr std::size_t kMaxPerLength = 0x3FFF;

/// Reads a length of one or two bytes (X.691 section 10.9.3). Nothing when it is cut off or announces
/// fragments, which no RDP server sends.
inline std::optional<std::size_t> read_per_length(ByteReader& reader) {
  const std::size_t first = reader.u8();
  if (first < 0x80) return reader.failed() ? std::nullopt : std::optional(first);
  const std::size_t second = reader.u8();
  if (reader.failed() || (first & 0x40) != 0) return std::nullopt;
  return (first & 0x3F) << 8 | second;
}

/// Writes a length of at most kMaxPerLength.
inline void write_per_length(ByteWriter& writer, std::size_t length) {
  if (length < 0x80) {
    writer.u8(static_cast<std::uint8_t>(length));
  } else {
    writer.u16be(static_cast<std::uint16_t>(0x8000 | length));
  }
}

}  // namespace rdpwatch::wire
