#include "probes/wire/tpkt.hpp"

#include <string>

#include "probes/wire/byte_reader.hpp"
#include "probes/wire/byte_writer.hpp"

namespace rdpwatch::wire {

DecodeResult<std::size_t> frame_tpkt(std::span<const std::uint8_t> bytes, std::size_t max_length) {
  if (!bytes.empty() && bytes[0] != kTpktVersion) {
    return Malformed{DecodeError::foreign, "does not start with a TPKT header"};
  }
  if (bytes.size() < kTpktHeaderLength) return NeedMore{kTpktHeaderLength - bytes.size()};
  ByteReader reader(bytes);
  reader.take(2);
  const std::size_t length = reader.u16be();
  if (length < kTpktMinimumLength) {
    return Malformed{DecodeError::malformed, "TPKT length " + std::to_string(length) + ", the least is 7"};
  }
  if (length > max_length) {
    return Malformed{DecodeError::oversized, "TPKT length " + std::to_string(length) + ", at most " +
                                                 std::to_string(max_length) + " expected"};
  }
  if (bytes.size() < length) return NeedMore{length - bytes.size()};
  return length;
}

std::vector<std::uint8_t> encode_tpkt(std::span<const std::uint8_t> tpdu) {
  ByteWriter writer;
  writer.u8(kTpktVersion)
      .u8(0)
      .u16be(static_cast<std::uint16_t>(kTpktHeaderLength + tpdu.size()))
      .bytes(tpdu);
  return writer.take();
}

}  // namespace rdpwatch::wire
