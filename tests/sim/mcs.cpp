#include "tests/sim/mcs.hpp"

#include <algorithm>
#include <array>

#include "tests/sim/bytes.hpp"
#include "tests/sim/der.hpp"
#include "tests/sim/gcc.hpp"

namespace rdpwatch::sim {

namespace {

using View = std::span<const std::uint8_t>;

// X.224 Data TPDU: LI, code, end of TSDU.
constexpr std::array<std::uint8_t, 3> kDataTpdu{0x02, 0xF0, 0x80};
constexpr std::size_t kHeaders = 7;
// T.125 section 7: [APPLICATION 101] and 102, whose tags have two bytes, 0x7F and this.
constexpr std::uint8_t kApplication = 0x7F;
constexpr std::uint8_t kConnectInitial = 0x65;
constexpr std::uint8_t kConnectResponse = 0x66;
// T.125 section 7, DomainMCSPDU: the choice stands in the upper six bits.
constexpr unsigned kErectDomain = 1;
constexpr unsigned kDisconnectUltimatum = 8;
constexpr unsigned kAttachUserRequest = 10;
constexpr unsigned kAttachUserConfirm = 11;
constexpr unsigned kChannelJoinRequest = 14;
constexpr unsigned kChannelJoinConfirm = 15;
constexpr unsigned kSendDataRequest = 25;
constexpr unsigned kSendDataIndication = 26;
constexpr std::uint8_t kProviderInitiated = 1;
// Who sends for the server (MS-RDPBCGR 4.1.12), less kUserBase.
constexpr std::uint16_t kServerInitiator = 1;
// Data priority high; segmentation: begin and end, both bits.
constexpr std::uint8_t kWholeAtHighPriority = 0x70;
constexpr std::uint8_t kSegmentation = 0x30;

unsigned choice(View pdu) {
  return pdu[0] >> 2U;
}

/// 34 channels, 3 users, MCSPDUs of up to 65528 bytes, version 2: what Windows answers (MS-RDPBCGR 4.1.4).
const Bytes kDomainParameters{0x02, 0x01, 0x22, 0x02, 0x01, 0x03, 0x02, 0x01, 0x00, 0x02, 0x01, 0x01, 0x02,
                              0x01, 0x00, 0x02, 0x01, 0x01, 0x02, 0x03, 0x00, 0xFF, 0xF8, 0x02, 0x01, 0x02};

bool take_domain_parameters(DerReader& reader) {
  DerReader parameters = reader.enter(0x30);
  for (int i = 0; i < 8; ++i) parameters.take(0x02);
  return parameters.at_end();
}

/// A confirm's first two bytes: the choice, whether its optional last field is there, and the result in the
/// four bits behind that (T.125, aligned PER).
Bytes confirm_head(unsigned choice, std::uint8_t result) {
  const unsigned optional = result == 0 ? 1 : 0;
  return {static_cast<std::uint8_t>(choice << 2U | optional << 1U | result >> 3U),
          static_cast<std::uint8_t>((result & 0x07U) << 5U)};
}

}  // namespace

std::optional<std::size_t> session_tpkt_size(View bytes) {
  if (!bytes.empty() && bytes[0] != 0x03) return std::nullopt;
  if (bytes.size() < 4) return 0;
  const std::size_t size = u16_be(bytes, 2);
  if (size <= kHeaders || size > kMaxSessionTpkt) return std::nullopt;
  return size;
}

std::optional<View> tpdu_data(View tpkt) {
  const View header = tpkt.subspan(4, kDataTpdu.size());
  if (!std::equal(header.begin(), header.end(), kDataTpdu.begin())) return std::nullopt;
  return tpkt.subspan(kHeaders);
}

Bytes tpkt(const Bytes& pdu) {
  Bytes bytes{0x03, 0x00};
  append_u16_be(bytes, kHeaders + pdu.size());
  append(bytes, kDataTpdu);
  append(bytes, pdu);
  return bytes;
}

ConnectInitialResult decode_connect_initial(View pdu) {
  if (pdu.size() < 2 || pdu[0] != kApplication) return {{}, "not an MCS Connect-Initial"};
  DerReader outer(pdu.subspan(1));
  DerReader fields = outer.enter(kConnectInitial);
  const bool ends_well = outer.at_end();
  fields.take(0x04);  // callingDomainSelector
  fields.take(0x04);  // calledDomainSelector
  fields.take(0x01);  // upwardFlag
  bool good = true;
  for (int i = 0; i < 3; ++i) good = take_domain_parameters(fields) && good;
  const auto user_data = fields.take(0x04);
  if (!ends_well || !good || !user_data || !fields.at_end()) return {{}, "a malformed MCS Connect-Initial"};
  return decode_conference_create(*user_data);
}

bool is_erect_domain(View pdu) {
  // Both subHeight and subInterval are 0, one byte long.
  constexpr std::array<std::uint8_t, 5> kWanted{kErectDomain << 2U, 0x01, 0x00, 0x01, 0x00};
  return std::equal(pdu.begin(), pdu.end(), kWanted.begin(), kWanted.end());
}

bool is_attach_user(View pdu) {
  return pdu.size() == 1 && pdu[0] == kAttachUserRequest << 2U;
}

bool is_ultimatum(View pdu) {
  return pdu.size() == 2 && choice(pdu) == kDisconnectUltimatum;
}

std::optional<ChannelJoin> decode_channel_join(View pdu) {
  if (pdu.size() != 5 || pdu[0] != kChannelJoinRequest << 2U) return std::nullopt;
  return ChannelJoin{static_cast<std::uint16_t>(u16_be(pdu, 1) + kUserBase), u16_be(pdu, 3)};
}

std::optional<SendData> decode_send_data(View pdu) {
  constexpr std::size_t kFixed = 6;
  if (pdu.size() <= kFixed || pdu[0] != kSendDataRequest << 2U || (pdu[5] & kSegmentation) != kSegmentation)
    return std::nullopt;
  const View data = per_content(pdu.subspan(kFixed));
  if (data.empty()) return std::nullopt;
  return SendData{static_cast<std::uint16_t>(u16_be(pdu, 1) + kUserBase), u16_be(pdu, 3),
                  Bytes(data.begin(), data.end())};
}

Bytes connect_response(const SessionSpec& spec, std::uint32_t requested, std::size_t channels,
                       const Bytes& security) {
  Bytes fields = der(0x0A, {spec.connect_result});
  append(fields, der(0x02, {0x00}));  // calledConnectId
  append(fields, der(0x30, kDomainParameters));
  const bool successful = spec.connect_result == 0;
  append(fields, der(0x04, successful ? conference_response(spec, requested, channels, security) : Bytes{}));
  Bytes pdu{kApplication};
  append(pdu, der(kConnectResponse, fields));
  return pdu;
}

Bytes attach_user_confirm(std::uint8_t result, std::uint16_t user) {
  Bytes pdu = confirm_head(kAttachUserConfirm, result);
  if (result == 0) append_u16_be(pdu, user - kUserBase);
  return pdu;
}

Bytes channel_join_confirm(std::uint8_t result, std::uint16_t user, std::uint16_t channel) {
  Bytes pdu = confirm_head(kChannelJoinConfirm, result);
  append_u16_be(pdu, user - kUserBase);
  append_u16_be(pdu, channel);
  if (result == 0) append_u16_be(pdu, channel);
  return pdu;
}

Bytes send_data_indication(const Bytes& data) {
  Bytes pdu{kSendDataIndication << 2U};
  append_u16_be(pdu, kServerInitiator);
  append_u16_be(pdu, kIoChannel);
  pdu.push_back(kWholeAtHighPriority);
  append(pdu, per_length(data.size()));
  append(pdu, data);
  return pdu;
}

Bytes disconnect_ultimatum() {
  // Six bits of choice, three bits of reason.
  return {static_cast<std::uint8_t>(kDisconnectUltimatum << 2U | kProviderInitiated >> 1U),
          static_cast<std::uint8_t>((kProviderInitiated & 1U) << 7U)};
}

}  // namespace rdpwatch::sim
