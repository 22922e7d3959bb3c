#include "probes/wire/x224.hpp"

#include <string>

#include "probes/wire/byte_reader.hpp"
#include "probes/wire/byte_writer.hpp"
#include "probes/wire/tpkt.hpp"

namespace rdpwatch::wire {
namespace {

constexpr std::uint8_t kConnectionRequest = 0xE0;  // X.224 section 13.3.3, credit 0
constexpr std::uint8_t kConnectionConfirm = 0xD0;  // X.224 section 13.4.3
constexpr std::uint8_t kDisconnectRequest = 0x80;  // X.224 section 13.5.3
constexpr std::uint8_t kData = 0xF0;               // X.224 section 13.7.3
constexpr std::uint8_t kTpduError = 0x70;          // X.224 section 13.12
constexpr std::size_t kFixedPart = 6;              // code, DST-REF, SRC-REF, class
// MCS DisconnectProviderUltimatum (T.125 section 7, choice 8): the upper six bits of the first MCS byte.
constexpr std::uint8_t kDisconnectProviderUltimatum = 8;

std::string describe_other_tpdu(std::uint8_t code, std::span<const std::uint8_t> tpkt) {
  switch (code & 0xF0) {
    case kDisconnectRequest:
      return "X.224 Disconnect Request instead of a Connection Confirm";
    case kTpduError:
      return "X.224 TPDU Error instead of a Connection Confirm";
    case kConnectionRequest:
      return "X.224 Connection Request came back instead of a Connection Confirm";
    case kData:
      if (tpkt.size() >= 8 && tpkt[7] >> 2 == kDisconnectProviderUltimatum) {
        return "MCS DisconnectProviderUltimatum instead of a Connection Confirm";
      }
      return "X.224 Data instead of a Connection Confirm";
  }
  return "X.224 TPDU of code " + std::to_string(code) + " instead of a Connection Confirm";
}

}  // namespace

std::vector<std::uint8_t> encode_connection_request(std::string_view cookie,
                                                    std::uint32_t requested_protocols) {
  ByteWriter variable;
  if (!cookie.empty()) variable.text("Cookie: mstshash=").text(cookie).text("\r\n");
  variable.bytes(encode_negotiation_request(requested_protocols));

  ByteWriter tpdu;
  tpdu.u8(static_cast<std::uint8_t>(kFixedPart + variable.size())).u8(kConnectionRequest);
  tpdu.u16be(0).u16be(0).u8(0);  // DST-REF, SRC-REF, class 0
  tpdu.bytes(variable.take());
  return encode_tpkt(tpdu.take());
}

DecodeResult<ConnectionConfirm> decode_connection_confirm(std::span<const std::uint8_t> tpkt) {
  ByteReader reader(tpkt);
  reader.take(kTpktHeaderLength);
  const std::size_t length_indicator = reader.u8();
  const std::uint8_t code = reader.u8();
  if (reader.failed()) return Malformed{DecodeError::malformed, "TPKT without a TPDU"};
  if (length_indicator == 8 && code == 2) {
    return Malformed{DecodeError::foreign, "Q.931 over TPKT: this is H.323, not RDP"};
  }
  if (code != kConnectionConfirm) return Malformed{DecodeError::unexpected, describe_other_tpdu(code, tpkt)};
  const std::size_t available = tpkt.size() - kTpktHeaderLength - 1;
  if (length_indicator < kFixedPart || length_indicator > available) {
    return Malformed{DecodeError::malformed, "X.224 length indicator " + std::to_string(length_indicator) +
                                                 " does not fit a TPDU of " + std::to_string(available) +
                                                 " bytes"};
  }
  ConnectionConfirm confirm;
  reader.u16be();  // DST-REF
  confirm.source_reference = reader.u16be();
  reader.u8();  // class
  const auto answer = decode_negotiation_answer(reader.take(length_indicator - kFixedPart));
  if (answer.malformed() != nullptr) return *answer.malformed();
  confirm.negotiation = answer.value();
  return confirm;
}

}  // namespace rdpwatch::wire
