#include "probes/wire/server_message.hpp"

#include "probes/wire/byte_reader.hpp"
#include "probes/wire/named_number.hpp"

namespace rdpwatch::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

// pduType, MS-RDPBCGR 2.2.8.1.1.1.1: the low four bits of a number whose next four say version 1.
constexpr std::uint16_t kVersionMask = 0xF0;
constexpr std::uint16_t kVersion1 = 0x10;
constexpr std::uint8_t kDemandActive = 0x1;
constexpr std::uint8_t kDataPdu = 0x7;
constexpr std::uint8_t kRedirection = 0xA;
constexpr std::size_t kShareControlHeader = 6;
constexpr NamedNumber kShareControlPdus[] = {{kDemandActive, "Demand Active PDU"},
                                             {0x3, "Confirm Active PDU"},
                                             {0x6, "Deactivate All PDU"},
                                             {kDataPdu, "Data PDU"},
                                             {kRedirection, "Server Redirection PDU"}};

constexpr std::uint8_t kSetErrorInfo = 0x2F;  // PDUTYPE2_SET_ERROR_INFO_PDU, MS-RDPBCGR 2.2.8.1.1.1.2
constexpr std::uint8_t kCompressed = 0x20;    // PACKET_COMPRESSED, MS-RDPBCGR 2.2.8.1.1.1.2, compressedType

// Flags of the basic security header, MS-RDPBCGR 2.2.8.1.1.2.1. At most one says what is behind it.
constexpr std::uint16_t kSecEncrypt = 0x0008;
constexpr std::uint16_t kSecLicensePacket = 0x0080;
constexpr std::uint16_t kSecRedirection = 0x0400;
constexpr NamedNumber kSecurityPackets[] = {{0x0002, "Initiate Multitransport Request PDU"},
                                            {0x1000, "Auto-Detect Request PDU"},
                                            {0x4000, "Heartbeat PDU"}};

Malformed malformed(const std::string& what) {
  return {DecodeError::malformed, what};
}

// MS-RDPBCGR 2.2.1.13.1.1: that the parts which it announces are there is all that is asked of it.
DecodeResult<ServerMessage> decode_demand_active(ByteReader reader) {
  reader.take(4);  // shareId
  const std::size_t source_length = reader.u16le();
  const std::size_t capabilities_length = reader.u16le();
  reader.take(source_length);
  reader.take(capabilities_length);
  if (reader.failed()) return malformed("Demand Active PDU is cut off");
  return ServerMessage{DemandActive{}};
}

// The rest of the share data header (MS-RDPBCGR 2.2.8.1.1.1.2) and what is behind it.
DecodeResult<ServerMessage> decode_data_pdu(ByteReader reader) {
  reader.take(8);  // shareId, pad, streamId, uncompressedLength, which servers fill as they like
  const std::uint8_t type = reader.u8();
  const std::uint8_t compression = reader.u8();
  reader.take(2);  // compressedLength
  if (reader.failed()) return malformed("Data PDU is cut off");
  if ((compression & kCompressed) != 0) {
    return ServerMessage{OtherServerMessage{"compressed Data PDU of type " + hex_text(type, 2)}};
  }
  if (type != kSetErrorInfo)
    return ServerMessage{OtherServerMessage{"Data PDU of type " + hex_text(type, 2)}};
  const std::uint32_t code = reader.u32le();
  if (reader.failed()) return malformed("Set Error Info PDU is cut off");
  return ServerMessage{SetErrorInfo{code}};
}

DecodeResult<ServerMessage> decode_share_control_pdu(std::uint8_t type, Bytes data) {
  ByteReader reader(data);
  reader.take(kShareControlHeader);
  if (type == kDemandActive) return decode_demand_active(reader);
  if (type == kDataPdu) return decode_data_pdu(reader);
  if (type == kRedirection) return ServerMessage{ServerRedirection{}};
  // Nothing in the others is of use. Deactivate All may even lack the last field of the header.
  return ServerMessage{OtherServerMessage{std::string(find_name(kShareControlPdus, type))}};
}

DecodeResult<ServerMessage> decode_behind_security_header(std::uint16_t flags, Bytes data) {
  if ((flags & kSecEncrypt) != 0) {
    return ServerMessage{OtherServerMessage{"encrypted message with security flags " + hex_text(flags, 4)}};
  }
  if ((flags & kSecLicensePacket) != 0) {
    auto license = decode_license_message(data);
    if (license.malformed() != nullptr) return *license.malformed();
    return ServerMessage{license.value()};
  }
  if ((flags & kSecRedirection) != 0) return ServerMessage{ServerRedirection{}};
  for (const NamedNumber& packet : kSecurityPackets) {
    if ((flags & packet.number) != 0) return ServerMessage{OtherServerMessage{std::string(packet.name)}};
  }
  return ServerMessage{OtherServerMessage{"message with security flags " + hex_text(flags, 4)}};
}

}  // namespace

DecodeResult<ServerMessage> decode_server_message(Bytes data) {
  ByteReader reader(data);
  const std::uint16_t first = reader.u16le();   // totalLength, or flags of a security header
  const std::uint16_t second = reader.u16le();  // pduType, or flagsHi
  if (reader.failed()) {
    return malformed("message of " + std::to_string(data.size()) + " bytes on the I/O channel, 4 are needed");
  }
  // Nothing says which header it is. flagsHi may hold anything, so that pduType alone does not decide; where
  // the length disagrees, only the flags that a probe waits for are believed.
  const auto type = static_cast<std::uint8_t>(second & 0x0F);
  const bool has_pdu_type =
      (second & kVersionMask) == kVersion1 && !find_name(kShareControlPdus, type).empty();
  if (has_pdu_type && first == data.size()) return decode_share_control_pdu(type, data);
  if (has_pdu_type && (first & (kSecEncrypt | kSecLicensePacket)) == 0) {
    return malformed("share control PDU of length " + std::to_string(first) + " in a message of " +
                     std::to_string(data.size()) + " bytes");
  }
  return decode_behind_security_header(first, data.subspan(4));
}

std::string describe_error_info(std::uint32_t code) {
  static constexpr NamedNumber kRows[] = {
#define RDPWATCH_ERROR_INFO(code, name) {code, "ERRINFO_" #name},
#include "probes/wire/error_info.def"
#undef RDPWATCH_ERROR_INFO
  };
  return name_and_number(find_name(kRows, code), hex_text(code));
}

}  // namespace rdpwatch::wire
