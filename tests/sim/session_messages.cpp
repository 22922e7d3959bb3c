#include "tests/sim/session_messages.hpp"

#include <array>

#include "tests/sim/bytes.hpp"
#include "tests/sim/gcc.hpp"
#include "tests/sim/payloads.hpp"

namespace rdpwatch::sim {

namespace {

using View = std::span<const std::uint8_t>;

// MS-RDPBCGR 2.2.8.1.1.2.1: flags of the basic security header.
constexpr std::uint16_t kEncrypted = 0x0008;
constexpr std::uint16_t kInfoPacket = 0x0040;
constexpr std::uint16_t kLicensePacket = 0x0080;
constexpr std::uint16_t kAutodetectRequest = 0x1000;
constexpr std::uint16_t kAutodetectResponse = 0x2000;
constexpr std::size_t kSecurityHeader = 4;

// MS-RDPBCGR 2.2.1.11.1.1: flags of TS_INFO_PACKET.
constexpr std::uint32_t kAutologon = 0x00000008;
constexpr std::uint32_t kUnicode = 0x00000010;
constexpr std::size_t kInfoHeader = 18;
constexpr std::size_t kTimeZone = 172;

// MS-RDPBCGR 2.2.1.12.1.1: bMsgType and the version in `flags`.
constexpr std::uint8_t kLicenseRequest = 0x01;
constexpr std::uint8_t kPlatformChallenge = 0x02;
constexpr std::uint8_t kErrorAlert = 0xFF;
constexpr std::uint8_t kPreambleVersion = 0x03;
constexpr std::size_t kPreamble = 4;
// dwStateTransition.
constexpr std::uint32_t kTotalAbort = 1;
constexpr std::uint32_t kNoTransition = 2;
// MS-RDPBCGR 2.2.1.12.1.2: wBlobType.
constexpr std::uint16_t kCertificateBlob = 0x0003;
constexpr std::uint16_t kErrorBlob = 0x0004;
constexpr std::uint16_t kEncryptedBlob = 0x0009;
constexpr std::uint16_t kKeyExchangeBlob = 0x000D;
constexpr std::uint16_t kScopeBlob = 0x000E;

Bytes behind_security_header(std::uint16_t flags, const Bytes& message) {
  Bytes data;
  append_u16_le(data, flags);
  append_u16_le(data, 0);
  append(data, message);
  return data;
}

Bytes license_message(std::uint8_t type, const Bytes& body) {
  Bytes message{type, kPreambleVersion};
  append_u16_le(message, kPreamble + body.size());
  append(message, body);
  return behind_security_header(kLicensePacket, message);
}

void append_blob(Bytes& bytes, std::uint16_t type, const Bytes& content) {
  append_u16_le(bytes, type);
  append_u16_le(bytes, content.size());
  append(bytes, content);
}

/// MS-RDPBCGR 2.2.1.11.1.1.1: everything behind the five strings is optional, but what is there is whole.
bool extra_info_is_good(View rest) {
  if (rest.empty()) return true;
  if (rest.size() < 4) return false;
  const std::uint16_t family = u16_le(rest, 0);
  if (family != 0x0002 && family != 0x0017 && family != 0) return false;
  rest = rest.subspan(2);
  for (int i = 0; i < 2; ++i) {  // clientAddress, clientDir, with their terminators
    if (rest.size() < 2) return false;
    const std::size_t size = u16_le(rest, 0);
    if (size > rest.size() - 2) return false;
    rest = rest.subspan(2 + size);
  }
  return rest.empty() || rest.size() >= kTimeZone;
}

}  // namespace

std::string complaint_about_client_info(View data) {
  if (data.size() < kSecurityHeader + kInfoHeader) return "too short";
  const std::uint16_t security = u16_le(data, 0);
  if ((security & kInfoPacket) == 0 || (security & kEncrypted) != 0) return "wrong security flags";
  const View info = data.subspan(kSecurityHeader);
  const std::uint32_t flags = u32_le(info, 4);
  if ((flags & kUnicode) == 0) return "not in Unicode";
  if ((flags & kAutologon) != 0) return "asks for automatic logon";
  if (u16_le(info, 10) != 0) return "names a user";
  if (u16_le(info, 12) != 0) return "has a password";
  View rest = info.subspan(kInfoHeader);
  for (std::size_t i = 0; i < 5;
       ++i) {  // domain, user, password, shell, directory: without their terminators
    const std::size_t size = u16_le(info, 8 + 2 * i);
    if (rest.size() < size + 2 || u16_le(rest, size) != 0) return "a string has another length than it says";
    rest = rest.subspan(size + 2);
  }
  return extra_info_is_good(rest) ? "" : "a malformed extended part";
}

bool is_autodetect_response(View data) {
  return data.size() >= kSecurityHeader && (u16_le(data, 0) & kAutodetectResponse) != 0;
}

Bytes license_alert(std::uint32_t code) {
  Bytes body;
  append_u32_le(body, code);
  append_u32_le(body, code == kValidClient ? kNoTransition : kTotalAbort);
  append_blob(body, kErrorBlob, {});
  return license_message(kErrorAlert, body);
}

Bytes malformed_license_alert() {
  Bytes data = license_alert(kValidClient);
  data[kSecurityHeader + 2] = 0xFF;  // wMsgSize
  return data;
}

Bytes license_request() {
  Bytes body(32, 0x5A);             // ServerRandom
  append_u32_le(body, 0x000A0000);  // ProductInfo: version 10.0
  for (const char* text : {"Microsoft Corporation", "A02"}) {
    Bytes name = utf16(text);
    append_u16_le(name, 0);
    append_u32_le(body, static_cast<std::uint32_t>(name.size()));
    append(body, name);
  }
  append_blob(body, kKeyExchangeBlob, {0x01, 0x00, 0x00, 0x00});  // RSA
  append_blob(body, kCertificateBlob, proprietary_certificate(512));
  append_u32_le(body, 1);  // ScopeCount
  constexpr std::string_view kScope("microsoft.com\0", 14);
  append_blob(body, kScopeBlob, Bytes(kScope.begin(), kScope.end()));
  return license_message(kLicenseRequest, body);
}

Bytes platform_challenge() {
  Bytes body;
  append_u32_le(body, 0);  // ConnectFlags
  append_blob(body, kEncryptedBlob, Bytes(10, 0x5A));
  append(body, Bytes(16, 0x5A));  // MACData
  return license_message(kPlatformChallenge, body);
}

Bytes rtt_measure_request() {
  // MS-RDPBCGR 2.2.14.1.1: header length 6, TYPE_ID_AUTODETECT_REQUEST, sequence number 0, before the
  // session.
  return behind_security_header(kAutodetectRequest, {0x06, 0x00, 0x00, 0x00, 0x01, 0x10});
}

Bytes set_error_info(std::uint32_t code) {
  // MS-RDPBCGR 2.2.5.1.1: share control header (length 22, PDUTYPE_DATAPDU, from 1002), share data header
  // (share id, stream 1, PDUTYPE2_SET_ERROR_INFO_PDU, not compressed).
  Bytes data{0x16, 0x00, 0x17, 0x00, 0xEA, 0x03, 0xEA, 0x03, 0x01,
             0x00, 0x00, 0x01, 0x08, 0x00, 0x2F, 0x00, 0x00, 0x00};
  append_u32_le(data, code);
  return data;
}

Bytes demand_active() {
  // MS-RDPBCGR 4.1.12: what a server sent there.
  return from_hex(
             "67011100ea03ea03010004005101524450000d00000009000800ea03dce201001800010003000002000000001d04"
             "00000000000001011400080002000000160028000000000070f613f30100000001000000180000009cf613f361a6"
             "828000000000005091bf0e00040002001c0018000100010001000005000400000100010000000100000003005800"
             "0000000000000000000000000000000040420f000100140000000100000022000101010101000001010101010000"
             "000101010101010101000101010100000000a106000040420f0040420f0001000000000000000a00080006000000"
             "120008000100000008000a000100190019000d00580035000000a106000040420f000cf613f3935a37f3009030e1"
             "341c38f340f613f3040000004c54dce20850dce2010000000850dce20000000038f613f32e0538f30850dce22cf6"
             "13f30000000008000a0001001900170008000000000018000b000000000000000000000000")
      .value();
}

}  // namespace rdpwatch::sim
