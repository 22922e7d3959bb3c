#include "tests/sim/payloads.hpp"

#include <array>

namespace rdpwatch::sim {

namespace {

Bytes text(std::string_view value) {
  return Bytes(value.begin(), value.end());
}

Bytes hex(std::string_view value) {
  return from_hex(value).value();
}

/// Bytes that look like nothing; always the same, so that a test can rely on them.
Bytes noise(std::size_t size) {
  Bytes bytes(size);
  std::uint32_t state = 0x9E3779B9;
  for (std::uint8_t& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::uint8_t>(state >> 24U);
  }
  bytes[0] = 0xA7;  // no first byte of TPKT, TLS or text
  return bytes;
}

std::array<NamedPayload, 18> make_payloads() {
  return {{
      {"ssh_banner", text("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"), "the greeting of an SSH server"},
      {"smtp_banner", text("220 mail.example.com ESMTP ready\r\n"), "the greeting of a mail server"},
      {"vnc_banner", text("RFB 003.008\n"), "the greeting of a VNC server"},
      {"http_400",
       text("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: "
            "close\r\n\r\n400 Bad Request"),
       "what a web server answers to a Connection Request"},
      // ITU-T H.225.0 ReleaseComplete in Q.931 in TPKT (RFC 1006 framing, as RDP's).
      {"h323", hex("0300001a080280015a080280e27e000a05010006000800914a00"),
       "H.323 call signalling, which is TPKT too"},
      {"garbage", noise(64), "64 bytes of noise"},
      // RFC 1006 section 6: a TPKT is at least 7 bytes long.
      {"tpkt_length_3", hex("03000003"), "a TPKT that says it is 3 bytes long"},
      {"tpkt_oversized", hex("0300ffff0ed00000123400"), "a TPKT that announces 65535 bytes and sends 11"},
      {"tpkt_truncated", hex("030000130ed00000"), "the first 8 bytes of a Connection Confirm of 19"},
      // MS-RDPBCGR 2.2.1.2: LI is the TPKT's length less 5, here 14.
      {"x224_bad_li", hex("0300001320d000001234000200080001000000"),
       "a Connection Confirm whose LI contradicts its TPKT"},
      // MS-RDPBCGR 2.2.1.2.1: `length` must be 8.
      {"nego_bad_length", hex("030000130ed000001234000200090001000000"),
       "an RDP_NEG_RSP that says it is 9 bytes long"},
      {"nego_bad_type", hex("030000130ed000001234007700080001000000"),
       "negotiation data of the unknown type 0x77"},
      // T.125 DisconnectProviderUltimatum, reason user-requested: what xrdp sends when it gives up.
      {"disconnect_ultimatum", hex("0300000902f0802180"), "MCS Disconnect Provider Ultimatum"},
      // X.224 section 13.5: DR, reason 0.
      {"x224_disconnect", hex("0300000b06800000000000"), "X.224 Disconnect Request"},
      // MS-RDPBCGR 2.2.8.1.1.1.1: a data PDU that belongs to a later phase.
      {"x224_data", hex("0300000702f080"), "an empty X.224 Data TPDU"},
      // T.125 section 7: the Connect-Response's length leads beyond its TPKT.
      {"mcs_malformed", hex("0300000f02f0807f668201450a0100"), "a broken MCS Connect-Response"},
      // RFC 5246 section 6.2.1: a record of type handshake, TLS 1.2, that holds no handshake message.
      {"garbage_server_hello", hex("1603030010a7d1c2b3849566778899aabbccddeeff"),
       "a TLS record with noise instead of a ServerHello"},
      {"tls_record_oversized", hex("160303ffff02000046"), "a TLS record that announces 65535 bytes"},
  }};
}

}  // namespace

std::span<const NamedPayload> payloads() {
  static const std::array<NamedPayload, 18> all = make_payloads();
  return all;
}

std::optional<Bytes> payload(std::string_view name) {
  for (const NamedPayload& one : payloads()) {
    if (one.name == name) return one.bytes;
  }
  return std::nullopt;
}

Bytes alert_record(std::uint8_t alert) {
  const std::uint8_t level = alert == 0 ? 1 : 2;
  return {0x15, 0x03, 0x03, 0x00, 0x02, level, alert};
}

std::optional<Bytes> from_hex(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  Bytes bytes;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      ++i;
      continue;
    }
    const int high = digit(text[i]);
    const int low = i + 1 < text.size() ? digit(text[i + 1]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    i += 2;
  }
  return bytes;
}

}  // namespace rdpwatch::sim
