#include "probes/wire/rdp_negotiation.hpp"

#include "probes/wire/byte_reader.hpp"
#include "probes/wire/byte_writer.hpp"

namespace rdpwatch::wire {
namespace {

constexpr std::uint8_t kTypeRequest = 0x01;   // TYPE_RDP_NEG_REQ, MS-RDPBCGR 2.2.1.1.1
constexpr std::uint8_t kTypeResponse = 0x02;  // TYPE_RDP_NEG_RSP, MS-RDPBCGR 2.2.1.2.1
constexpr std::uint8_t kTypeFailure = 0x03;   // TYPE_RDP_NEG_FAILURE, MS-RDPBCGR 2.2.1.2.2
constexpr std::uint16_t kStructureLength = 8;

}  // namespace

std::vector<std::uint8_t> encode_negotiation_request(std::uint32_t requested_protocols) {
  ByteWriter writer;
  writer.u8(kTypeRequest).u8(0).u16le(kStructureLength).u32le(requested_protocols);
  return writer.take();
}

DecodeResult<NegotiationAnswer> decode_negotiation_answer(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return NegotiationAnswer{NoNegotiation{}};
  ByteReader reader(bytes);
  const std::uint8_t type = reader.u8();
  const std::uint8_t flags = reader.u8();
  const std::uint16_t length = reader.u16le();
  const std::uint32_t value = reader.u32le();
  if (reader.failed()) {
    return Malformed{DecodeError::malformed,
                     "negotiation data of " + std::to_string(bytes.size()) + " bytes, 8 are needed"};
  }
  if (length != kStructureLength) {
    return Malformed{DecodeError::malformed,
                     "negotiation data says its length is " + std::to_string(length) + ", not 8"};
  }
  if (type == kTypeResponse) return NegotiationAnswer{NegotiationResponse{flags, value}};
  if (type == kTypeFailure) return NegotiationAnswer{NegotiationFailure{value}};
  return Malformed{DecodeError::malformed, "negotiation data of unknown type " + std::to_string(type)};
}

}  // namespace rdpwatch::wire
