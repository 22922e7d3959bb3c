#include "probes/wire/byte_writer.hpp"
#include "probes/wire/der_reader.hpp"
#include "probes/wire/der_writer.hpp"
#include "probes/wire/mcs.hpp"
#include "probes/wire/mcs_codes.hpp"
#include "probes/wire/per.hpp"
#include "probes/wire/tpkt.hpp"

namespace rdpwatch::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kBoolean = 0x01;       // X.690 section 8.2
constexpr std::uint8_t kWholeMessage = 0x70;  // T.125 section 7: dataPriority high, segmentation begin, end
constexpr std::uint8_t kUserRequested = 3;    // T.125 section 7, Reason

// DomainParameters (T.125 section 7) as clients of the Microsoft lineage send them (MS-RDPBCGR 4.1.3):
// target, minimum, maximum. The order is maxChannelIds, maxUserIds, maxTokenIds, numPriorities,
// minThroughput, maxHeight, maxMCSPDUsize, protocolVersion.
constexpr std::uint16_t kDomainParameters[3][8] = {
    {34, 2, 0, 1, 0, 1, 65535, 2}, {1, 1, 1, 1, 0, 1, 1056, 2}, {65535, 64535, 65535, 1, 0, 1, 65535, 2}};

std::vector<std::uint8_t> encode_data_tpdu(Bytes pdu) {
  ByteWriter tpdu;
  tpdu.bytes(mcs::kDataTpdu).bytes(pdu);
  return encode_tpkt(tpdu.take());
}

constexpr std::uint8_t first_byte(std::uint8_t choice) {
  return static_cast<std::uint8_t>(choice << 2);
}

void write_user(ByteWriter& writer, std::uint16_t user) {
  writer.u16be(static_cast<std::uint16_t>(user - mcs::kFirstUser));
}

std::vector<std::uint8_t> domain_parameters(const std::uint16_t (&values)[8]) {
  ByteWriter fields;
  for (const std::uint16_t value : values) {
    // Two bytes from 256 on: 65535 goes without the leading zero that BER wants, as every client sends it.
    if (value <= 0xFF) {
      fields.u8(der::kInteger).u8(1).u8(static_cast<std::uint8_t>(value));
    } else {
      fields.u8(der::kInteger).u8(2).u16be(value);
    }
  }
  return der_element(der::kSequence, fields.take());
}

}  // namespace

std::vector<std::uint8_t> encode_connect_initial(Bytes conference_create_request) {
  constexpr std::uint8_t kSelector[] = {1};
  constexpr std::uint8_t kTrue[] = {0xFF};
  ByteWriter fields;
  fields.bytes(der_element(der::kOctetString, kSelector));  // callingDomainSelector
  fields.bytes(der_element(der::kOctetString, kSelector));  // calledDomainSelector
  fields.bytes(der_element(kBoolean, kTrue));               // upwardFlag
  for (const auto& parameters : kDomainParameters) fields.bytes(domain_parameters(parameters));
  fields.bytes(der_element(der::kOctetString, conference_create_request));
  ByteWriter pdu;
  pdu.u8(mcs::kConnectTag).bytes(der_element(mcs::kConnectInitial, fields.take()));
  return encode_data_tpdu(pdu.take());
}

std::vector<std::uint8_t> encode_erect_domain_request() {
  ByteWriter pdu;
  pdu.u8(first_byte(mcs::kErectDomainRequest));
  pdu.u8(1).u8(0).u8(1).u8(0);  // subHeight and subInterval, each one byte of value 0 (MS-RDPBCGR 2.2.1.5)
  return encode_data_tpdu(pdu.take());
}

std::vector<std::uint8_t> encode_attach_user_request() {
  const std::uint8_t pdu[] = {first_byte(mcs::kAttachUserRequest)};
  return encode_data_tpdu(pdu);
}

std::vector<std::uint8_t> encode_channel_join_request(std::uint16_t user, std::uint16_t channel) {
  ByteWriter pdu;
  pdu.u8(first_byte(mcs::kChannelJoinRequest));
  write_user(pdu, user);
  pdu.u16be(channel);
  return encode_data_tpdu(pdu.take());
}

std::vector<std::uint8_t> encode_send_data_request(std::uint16_t user, std::uint16_t channel, Bytes data) {
  ByteWriter pdu;
  pdu.u8(first_byte(mcs::kSendDataRequest));
  write_user(pdu, user);
  pdu.u16be(channel).u8(kWholeMessage);
  write_per_length(pdu, data.size());
  pdu.bytes(data);
  return encode_data_tpdu(pdu.take());
}

std::vector<std::uint8_t> encode_disconnect_provider_ultimatum() {
  const std::uint8_t pdu[] = {first_byte(mcs::kDisconnectProviderUltimatum) | kUserRequested >> 1,
                              static_cast<std::uint8_t>(kUserRequested << 7)};
  return encode_data_tpdu(pdu);
}

}  // namespace rdpwatch::wire
