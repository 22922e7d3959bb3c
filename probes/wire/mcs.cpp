#include "probes/wire/mcs.hpp"

#include <utility>

#include "probes/wire/byte_reader.hpp"
#include "probes/wire/der_reader.hpp"
#include "probes/wire/mcs_codes.hpp"
#include "probes/wire/named_number.hpp"
#include "probes/wire/per.hpp"
#include "probes/wire/tpkt.hpp"

namespace rdpwatch::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kEnumerated = 0x0A;       // X.690 section 8.4
constexpr std::uint8_t kOptionalPresent = 0x02;  // in the first byte of the PDUs with one optional field

// T.125 section 7, Result and Reason.
constexpr NamedNumber kResults[] = {
    {0, "rt-successful"},          {1, "rt-domain-merging"},       {2, "rt-domain-not-hierarchical"},
    {3, "rt-no-such-channel"},     {4, "rt-no-such-domain"},       {5, "rt-no-such-user"},
    {6, "rt-not-admitted"},        {7, "rt-other-user-id"},        {8, "rt-parameters-unacceptable"},
    {9, "rt-token-not-available"}, {10, "rt-token-not-possessed"}, {11, "rt-too-many-channels"},
    {12, "rt-too-many-tokens"},    {13, "rt-too-many-users"},      {14, "rt-unspecified-failure"},
    {15, "rt-user-rejected"}};
constexpr NamedNumber kReasons[] = {{0, "rn-domain-disconnected"},
                                    {1, "rn-provider-initiated"},
                                    {2, "rn-token-purged"},
                                    {3, "rn-user-requested"},
                                    {4, "rn-channel-purged"}};

// What else may come: our own requests from a server that echoes, and T.125's refusal.
constexpr NamedNumber kOtherPdus[] = {{mcs::kErectDomainRequest, "ErectDomainRequest"},
                                      {mcs::kRejectMcsPduUltimatum, "RejectMCSPDUUltimatum"},
                                      {mcs::kAttachUserRequest, "AttachUserRequest"},
                                      {mcs::kDetachUserRequest, "DetachUserRequest"},
                                      {mcs::kDetachUserIndication, "DetachUserIndication"},
                                      {mcs::kChannelJoinRequest, "ChannelJoinRequest"},
                                      {mcs::kSendDataRequest, "SendDataRequest"}};
constexpr NamedNumber kOtherConnectPdus[] = {{mcs::kConnectInitial, "Connect-Initial"},
                                             {mcs::kConnectAdditional, "Connect-Additional"},
                                             {mcs::kConnectResult, "Connect-Result"}};
// X.224 sections 13.3 to 13.12.
constexpr NamedNumber kOtherTpdus[] = {{0xE0, "Connection Request"},
                                       {0xD0, "Connection Confirm"},
                                       {0x80, "Disconnect Request"},
                                       {0x70, "TPDU Error"}};

Malformed malformed(std::string what) {
  return {DecodeError::malformed, std::move(what)};
}

DecodeResult<McsPdu> decode_connect_response(Bytes pdu) {
  std::string error;
  DerReader fields = DerReader(pdu, error).enter(mcs::kConnectResponse);
  const Bytes result = fields.contents(kEnumerated);
  if (error.empty() && (result.empty() || result.size() > 4)) {
    error = "result of " + std::to_string(result.size()) + " bytes, 1 to 4 are allowed";
  }
  ConnectResponse response;
  for (const std::uint8_t byte : result) response.result = response.result << 8 | byte;
  // A server that refuses may end here: its reason counts more than the fields that it owes.
  if (response.result == kMcsSuccessful || !fields.at_end()) {
    fields.contents(der::kInteger);   // calledConnectId
    fields.contents(der::kSequence);  // domainParameters: nothing that is sent here comes near any limit
    const Bytes user_data = fields.contents(der::kOctetString);
    response.user_data.assign(user_data.begin(), user_data.end());
  }
  if (!error.empty()) return malformed("MCS Connect-Response: " + error);
  return McsPdu{std::move(response)};
}

DecodeResult<McsPdu> decode_connect_pdu(Bytes pdu) {
  if (pdu.size() < 2) return malformed("MCS connect PDU ends inside its tag");
  if (pdu[1] == mcs::kConnectResponse) return decode_connect_response(pdu.subspan(1));
  const std::string_view name = find_name(kOtherConnectPdus, pdu[1]);
  return Malformed{DecodeError::unexpected, name.empty() ? "MCS connect PDU of tag " + hex_text(pdu[1], 2)
                                                         : "MCS " + std::string(name)};
}

// A Result stands in the lowest bit of the first byte and the three highest of the second. Servers that write
// it as a byte of its own (which makes no difference to rt-successful) are known by the bits that ought to be
// padding.
std::uint32_t read_result(std::uint8_t first, ByteReader& reader) {
  const std::uint8_t second = reader.u8();
  if ((second & 0x1F) != 0) return second;
  return static_cast<std::uint32_t>((first & 1) << 3 | second >> 5);
}

std::uint16_t read_user(ByteReader& reader, std::string& error) {
  const std::uint32_t user = std::uint32_t{mcs::kFirstUser} + reader.u16be();
  if (user > 0xFFFF) error = "user " + std::to_string(user) + ", at most 65535 is allowed";
  return static_cast<std::uint16_t>(user);
}

AttachUserConfirm read_attach_user_confirm(std::uint8_t first, ByteReader& reader, std::string& error) {
  AttachUserConfirm confirm;
  confirm.result = read_result(first, reader);
  if ((first & kOptionalPresent) != 0) confirm.user = read_user(reader, error);
  return confirm;
}

ChannelJoinConfirm read_channel_join_confirm(std::uint8_t first, ByteReader& reader, std::string& error) {
  ChannelJoinConfirm confirm;
  confirm.result = read_result(first, reader);
  confirm.user = read_user(reader, error);
  confirm.requested = reader.u16be();
  if ((first & kOptionalPresent) != 0) confirm.channel = reader.u16be();
  return confirm;
}

SendDataIndication read_send_data_indication(ByteReader& reader, std::string& error) {
  SendDataIndication indication;
  indication.initiator = read_user(reader, error);
  indication.channel = reader.u16be();
  reader.u8();  // dataPriority and segmentation: RDP never splits a message here
  if (reader.failed() || !error.empty()) return indication;
  const auto length = read_per_length(reader);
  if (!length) {
    error = "its length is cut off or in fragments";
  } else if (*length > reader.remaining()) {
    error = "length " + std::to_string(*length) + ", only " + std::to_string(reader.remaining()) +
            " bytes follow";
  } else {
    const Bytes data = reader.take(*length);
    indication.data.assign(data.begin(), data.end());
  }
  return indication;
}

template <typename Pdu>
DecodeResult<McsPdu> finish(const char* name, Pdu pdu, const ByteReader& reader, const std::string& error) {
  if (!error.empty()) return malformed(std::string("MCS ") + name + ": " + error);
  if (reader.failed()) return malformed(std::string("MCS ") + name + " is cut off");
  return McsPdu{std::move(pdu)};
}

DecodeResult<McsPdu> decode_domain_pdu(Bytes pdu) {
  ByteReader reader(pdu);
  const std::uint8_t first = reader.u8();
  const std::uint8_t choice = first >> 2;
  std::string error;
  switch (choice) {
    case mcs::kAttachUserConfirm: {
      AttachUserConfirm confirm = read_attach_user_confirm(first, reader, error);
      return finish("AttachUserConfirm", confirm, reader, error);
    }
    case mcs::kChannelJoinConfirm: {
      ChannelJoinConfirm confirm = read_channel_join_confirm(first, reader, error);
      return finish("ChannelJoinConfirm", confirm, reader, error);
    }
    case mcs::kSendDataIndication: {
      SendDataIndication indication = read_send_data_indication(reader, error);
      return finish("SendDataIndication", std::move(indication), reader, error);
    }
    case mcs::kDisconnectProviderUltimatum: {
      // The Reason has three bits: the two lowest of the first byte and the highest of the second.
      const auto reason = static_cast<std::uint32_t>((first & 3) << 1 | reader.u8() >> 7);
      return finish("DisconnectProviderUltimatum", DisconnectProviderUltimatum{reason}, reader, error);
    }
  }
  const std::string_view name = find_name(kOtherPdus, choice);
  return Malformed{DecodeError::unexpected,
                   name.empty() ? "MCS PDU of choice " + std::to_string(choice) : "MCS " + std::string(name)};
}

}  // namespace

DecodeResult<McsPdu> decode_mcs_pdu(Bytes tpkt) {
  ByteReader reader(tpkt);
  reader.take(kTpktHeaderLength);
  const std::uint8_t length_indicator = reader.u8();
  const std::uint8_t code = reader.u8();
  if (reader.failed()) return malformed("TPKT without a TPDU");
  if (code != mcs::kDataTpdu[1]) {
    const std::string_view name = find_name(kOtherTpdus, code & 0xF0);
    return Malformed{DecodeError::unexpected, name.empty() ? "X.224 TPDU of code " + std::to_string(code)
                                                           : "X.224 " + std::string(name)};
  }
  const std::uint8_t end_of_message = reader.u8();
  if (reader.failed()) return malformed("X.224 Data header is cut off");
  if (length_indicator != mcs::kDataTpdu[0] || end_of_message != mcs::kDataTpdu[2]) {
    return malformed("X.224 Data header of length " + std::to_string(length_indicator) + " with end mark " +
                     hex_text(end_of_message, 2) + ", not 2 and 0x80");
  }
  const Bytes pdu = reader.take(reader.remaining());
  if (pdu.empty()) return malformed("X.224 Data without an MCS PDU");
  return pdu[0] == mcs::kConnectTag ? decode_connect_pdu(pdu) : decode_domain_pdu(pdu);
}

std::string describe_mcs_result(std::uint32_t result) {
  return name_and_number(find_name(kResults, result), std::to_string(result));
}

std::string describe_mcs_reason(std::uint32_t reason) {
  return name_and_number(find_name(kReasons, reason), std::to_string(reason));
}

}  // namespace rdpwatch::wire
