#include "tests/sim/x224.hpp"

#include <gtest/gtest.h>

#include "tests/sim/payloads.hpp"

namespace rdpwatch::sim {
namespace {

Bytes bytes(std::string_view hex) {
  return from_hex(hex).value();
}

Bytes answer_to(const Negotiation& negotiation, std::optional<std::uint32_t> requested) {
  return answer(negotiation, ConnectionRequest{"", requested}).bytes;
}

// MS-RDPBCGR 4.1.1: the specification's own example.
TEST(ConnectionRequest, example_of_the_specification) {
  const Bytes tpkt =
      bytes("0300002c27e00000000000436f6f6b69653a206d737473686173683d656c746f6e730d0a0100080000000000");
  EXPECT_EQ(request_size(std::span(tpkt).first(4)), 44U);
  const ConnectionRequest request = decode_request(tpkt).value();
  EXPECT_EQ(request.cookie, "eltons");
  EXPECT_EQ(request.requested_protocols, 0U);
}

TEST(ConnectionRequest, without_cookie) {
  const ConnectionRequest request = decode_request(bytes("030000130ee00000000000010008000b000000")).value();
  EXPECT_EQ(request.cookie, "");
  EXPECT_EQ(request.requested_protocols, 0x0BU);
}

TEST(ConnectionRequest, without_negotiation_data) {
  const ConnectionRequest request = decode_request(bytes("0300000b06e00000000000")).value();
  EXPECT_EQ(request.requested_protocols, std::nullopt);
}

TEST(ConnectionRequest, with_routing_token_and_correlation_info) {
  const ConnectionRequest token =
      decode_request(bytes("0300001e19e000000000007473763a2f2f6162630d0a0100080003000000"))
          .value_or(ConnectionRequest{});
  EXPECT_EQ(token.cookie, "tsv://abc");
  const ConnectionRequest info =
      decode_request(bytes("0300003732e00000000000010808000b0000000600240011223344556677889900aabbccddeeff000"
                           "00000000000000000000000000000"))
          .value();
  EXPECT_EQ(info.requested_protocols, 0x0BU);
}

TEST(ConnectionRequest, refused) {
  EXPECT_FALSE(request_size(bytes("16030102"))) << "a TLS record";
  EXPECT_FALSE(request_size(bytes("0300000a"))) << "shorter than a Connection Request";
  EXPECT_FALSE(request_size(bytes("03000200"))) << "longer than LI can say";
  EXPECT_FALSE(decode_request(bytes("0300000b05e00000000000"))) << "LI contradicts the TPKT";
  EXPECT_FALSE(decode_request(bytes("0300000b06d00000000000"))) << "a Connection Confirm";
  EXPECT_FALSE(decode_request(bytes("0300000b06e00000000002"))) << "class 2";
  EXPECT_FALSE(decode_request(bytes("030000130ee000000000000100090003000000"))) << "RDP_NEG_REQ of 9 bytes";
  EXPECT_FALSE(decode_request(bytes("0300000c07e00000000000ff"))) << "a stray byte";
}

TEST(ConnectionConfirm, strongest_protocol) {
  const Negotiation negotiation;
  EXPECT_EQ(answer_to(negotiation, 0x0B), bytes("030000130ed00000123400021f080008000000"));
  EXPECT_EQ(answer_to(negotiation, 0x03), bytes("030000130ed00000123400021f080002000000"));
  EXPECT_EQ(answer_to(negotiation, 0x01), bytes("030000130ed00000123400021f080001000000"));
  EXPECT_EQ(answer_to(negotiation, 0x00), bytes("030000130ed00000123400021f080000000000"));
}

TEST(ConnectionConfirm, no_negotiation_data_for_a_client_without_it) {
  EXPECT_EQ(answer_to(Negotiation{}, std::nullopt), bytes("0300000b06d00000123400"));
}

TEST(ConnectionConfirm, as_told) {
  Negotiation negotiation;
  negotiation.select = 0x10;
  negotiation.flags = 0x07;
  negotiation.source_reference = 0;
  const Answer told = answer(negotiation, ConnectionRequest{"", 1});
  EXPECT_EQ(told.bytes, bytes("030000130ed000000000000207080010000000"));
  EXPECT_EQ(told.selected, 0x10U);
  EXPECT_FALSE(told.failure);
}

TEST(ConnectionConfirm, failures_depend_on_what_was_asked) {
  Negotiation negotiation;
  negotiation.failures = {{5, {kProtocolHybrid, kProtocolHybridEx}}};
  EXPECT_EQ(answer_to(negotiation, 0x01), bytes("030000130ed000001234000300080005000000"));
  EXPECT_EQ(answer_to(negotiation, 0x03), bytes("030000130ed00000123400021f080002000000"));
  negotiation.failures = {{2, {kProtocolRdp}}};
  EXPECT_EQ(answer_to(negotiation, 0x0B), bytes("030000130ed000001234000300080002000000"));
  EXPECT_EQ(answer_to(negotiation, 0x00), bytes("030000130ed00000123400021f080000000000"));
  negotiation.failures = {{1, {kProtocolSsl}}, {0xDEADBEEF, {}}};
  EXPECT_EQ(answer_to(negotiation, 0x02), bytes("030000130ed000001234000300080001000000"));
  EXPECT_EQ(answer_to(negotiation, 0x01), bytes("030000130ed0000012340003000800efbeadde"));
  EXPECT_TRUE(answer(negotiation, ConnectionRequest{"", 1}).failure);
}

TEST(Payloads, hex) {
  EXPECT_EQ(from_hex("0aFF 10"), (Bytes{0x0A, 0xFF, 0x10}));
  EXPECT_EQ(from_hex("0a0"), std::nullopt);
  EXPECT_EQ(from_hex("0 a"), std::nullopt);
  EXPECT_EQ(from_hex("xy"), std::nullopt);
}

TEST(Payloads, tpkt_lengths_are_true_where_no_lie_is_meant) {
  for (const char* name : {"h323", "x224_bad_li", "nego_bad_length", "nego_bad_type", "disconnect_ultimatum",
                           "x224_disconnect", "x224_data"}) {
    const Bytes tpkt = payload(name).value();
    EXPECT_EQ(tpkt[0], 3) << name;
    EXPECT_EQ(std::size_t{tpkt[2]} * 256 + tpkt[3], tpkt.size()) << name;
  }
}

TEST(Payloads, alerts) {
  EXPECT_EQ(alert_record(40), bytes("15030300020228"));
  EXPECT_EQ(alert_record(0), bytes("15030300020100"));
}

}  // namespace
}  // namespace rdpwatch::sim
