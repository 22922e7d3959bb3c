#include "probes/wire/mcs.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"
#include "tests/support/truncation.hpp"
#include "tests/unit/wire/mcs_vectors.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;

template <typename Pdu>
Pdu decoded_pdu(std::span<const std::uint8_t> bytes) {
  const auto result = decode_mcs_pdu(bytes);
  EXPECT_TRUE(result.ok()) << (result.malformed() != nullptr ? result.malformed()->what : "need more");
  if (!result.ok() || !std::holds_alternative<Pdu>(result.value())) {
    ADD_FAILURE() << "another PDU";
    return {};
  }
  return std::get<Pdu>(result.value());
}

Malformed pdu_error(const char* hex) {
  const auto result = decode_mcs_pdu(from_hex(hex));
  EXPECT_NE(result.malformed(), nullptr) << hex;
  return result.malformed() != nullptr ? *result.malformed() : Malformed{};
}

Malformed malformed(const char* what) {
  return {DecodeError::malformed, what};
}
Malformed unexpected(const char* what) {
  return {DecodeError::unexpected, what};
}

// The dumps of MS-RDPBCGR 4.1.3 and 4.1.5 to 4.1.8.
TEST(Mcs, EncodesTheSpecificationsRequests) {
  EXPECT_EQ(encode_connect_initial(from_hex(vectors::kConferenceCreateRequest)),
            from_hex(std::string(vectors::kConnectInitialHead) + vectors::kConferenceCreateRequest));
  EXPECT_EQ(encode_erect_domain_request(), from_hex("0300000c 02f080 04 0100 0100"));
  EXPECT_EQ(encode_attach_user_request(), from_hex("03000008 02f080 28"));
  EXPECT_EQ(encode_channel_join_request(1007, 1007), from_hex("0300000c 02f080 38 0006 03ef"));
  EXPECT_EQ(encode_channel_join_request(1007, kIoChannel), from_hex("0300000c 02f080 38 0006 03eb"));
  EXPECT_EQ(encode_disconnect_provider_ultimatum(), from_hex("03000009 02f080 2180"));
}

TEST(Mcs, EncodesConnectInitialWithLengthsOfEveryForm) {
  // The fields in front of userData take 93 bytes.
  const std::vector<std::uint8_t> empty;
  EXPECT_EQ(encode_connect_initial(empty).size(), 4u + 3 + 3 + 93 + 2);
  const std::vector<std::uint8_t> longest(4096, 0x5A);
  const auto bytes = encode_connect_initial(longest);
  EXPECT_EQ(std::vector<std::uint8_t>(bytes.begin(), bytes.begin() + 12),
            from_hex("0300106d 02f080 7f65 821061"));
}

// The first is the dump of MS-RDPBCGR 4.1.10 (a Security Exchange).
TEST(Mcs, EncodesSendDataRequestWithBothFormsOfItsLength) {
  const auto exchange = from_hex(
      "01020000 48000000 91ac0c8f648c39f4e7ff0a3b79115c13512acb728f9db7422ef7084c8eae559962d28181e466c805"
      "ead473063fc85faf2afdfcf164b33f0a151ddb2c109d3011 0000000000000000");
  auto expected = from_hex("0300005e 02f080 64 0006 03eb 70 50");
  expected.insert(expected.end(), exchange.begin(), exchange.end());
  EXPECT_EQ(encode_send_data_request(1007, kIoChannel, exchange), expected);

  const std::vector<std::uint8_t> data(0x3FFF, 0x5A);
  const auto longest = encode_send_data_request(1001, kIoChannel, data);
  EXPECT_EQ(std::vector<std::uint8_t>(longest.begin(), longest.begin() + 15),
            from_hex("0300400e 02f080 64 0000 03eb 70 bfff"));
  const std::vector<std::uint8_t> shorter(0x80, 0x5A);
  EXPECT_EQ(encode_send_data_request(1001, kIoChannel, shorter)[13], 0x80);
}

TEST(Mcs, DecodesConnectResponses) {
  struct Row {
    const char* hex;
    std::uint32_t result;
    std::size_t user_data;
  };
  for (const Row& row :
       {Row{vectors::kSpecification, 0, 287}, Row{vectors::kXrdpTls, 0, 55}, Row{vectors::kXrdpRdp, 0, 471},
        Row{vectors::kFreeRdp, 0, 58}, Row{vectors::kRefused, 14, 0}}) {
    const auto response = decoded_pdu<ConnectResponse>(from_hex(row.hex));
    EXPECT_EQ(response.result, row.result);
    EXPECT_EQ(response.user_data.size(), row.user_data);
  }
}

TEST(Mcs, DecodesLengthsLongerThanNeeded) {
  const auto response = decoded_pdu<ConnectResponse>(
      from_hex("03000022 02f080 7f66 83000015 0a810100 0282000100 3084 00000000 0482 0002 beef"));
  EXPECT_EQ(response.result, 0u);
  EXPECT_EQ(response.user_data, from_hex("beef"));
  EXPECT_EQ(decoded_pdu<ConnectResponse>(from_hex("0300000f 02f080 7f6605 0a0300000e")).result, 14u);
}

// A refusal counts even when the rest of the fields is missing.
TEST(Mcs, DecodesARefusalThatEndsBehindItsResult) {
  const auto response = decoded_pdu<ConnectResponse>(from_hex("0300000d 02f080 7f6603 0a010e"));
  EXPECT_EQ(response.result, 14u);
  EXPECT_TRUE(response.user_data.empty());
}

TEST(Mcs, DecodesAttachUserConfirm) {
  const auto confirm = decoded_pdu<AttachUserConfirm>(from_hex("0300000b 02f080 2e00 0006"));
  EXPECT_EQ(confirm.result, 0u);
  EXPECT_EQ(confirm.user, 1007);
  EXPECT_EQ(decoded_pdu<AttachUserConfirm>(from_hex("0300000b 02f080 2e00 fc16")).user, 65535);
}

TEST(Mcs, DecodesAttachUserConfirmWithoutUser) {
  const auto too_many = decoded_pdu<AttachUserConfirm>(from_hex("03000009 02f080 2da0"));
  EXPECT_EQ(too_many.result, 13u);
  EXPECT_EQ(too_many.user, 0);
  EXPECT_EQ(decoded_pdu<AttachUserConfirm>(from_hex("03000009 02f080 2d e0")).result, 15u);
  // Written as a byte of its own.
  EXPECT_EQ(decoded_pdu<AttachUserConfirm>(from_hex("03000009 02f080 2c0e")).result, 14u);
}

TEST(Mcs, DecodesChannelJoinConfirm) {
  const auto user = decoded_pdu<ChannelJoinConfirm>(from_hex("0300000f 02f080 3e00 0006 03ef 03ef"));
  EXPECT_EQ(user.result, 0u);
  EXPECT_EQ(user.user, 1007);
  EXPECT_EQ(user.requested, 1007);
  EXPECT_EQ(user.channel, 1007);
  EXPECT_EQ(decoded_pdu<ChannelJoinConfirm>(from_hex("0300000f 02f080 3e00 0006 03eb 03eb")).channel,
            kIoChannel);
  const auto refused = decoded_pdu<ChannelJoinConfirm>(from_hex("0300000d 02f080 3c60 0006 03eb"));
  EXPECT_EQ(refused.result, 3u);
  EXPECT_EQ(refused.requested, kIoChannel);
  EXPECT_EQ(refused.channel, 0);
}

TEST(Mcs, DecodesSendDataIndication) {
  const auto one_byte = decoded_pdu<SendDataIndication>(
      from_hex("03000022 02f080 68 0001 03eb 70 14 80000000 ff031000 07000000 02000000 04000000"));
  EXPECT_EQ(one_byte.initiator, 1002);
  EXPECT_EQ(one_byte.channel, kIoChannel);
  EXPECT_EQ(one_byte.data, from_hex("80000000 ff031000 07000000 02000000 04000000"));
  // FreeRDP writes every length in two bytes.
  EXPECT_EQ(decoded_pdu<SendDataIndication>(from_hex("03000011 02f080 68 0003 03eb 70 8002 beef")).data,
            from_hex("beef"));
  EXPECT_TRUE(decoded_pdu<SendDataIndication>(from_hex("0300000e 02f080 68 0003 03eb 70 00")).data.empty());
}

TEST(Mcs, DecodesEveryReasonOfADisconnectProviderUltimatum) {
  const char* const kPdus[] = {"2000", "2080", "2100", "2180", "2200"};
  for (std::uint32_t reason = 0; reason < 5; ++reason) {
    const auto bytes = from_hex(std::string("0300000902f080") + kPdus[reason]);
    EXPECT_EQ(decoded_pdu<DisconnectProviderUltimatum>(bytes).reason, reason);
  }
}

TEST(Mcs, NamesWhatItDidNotExpect) {
  EXPECT_EQ(pdu_error("0300000802f08028"), unexpected("MCS AttachUserRequest"));
  EXPECT_EQ(pdu_error("0300000c02f0800401000100"), unexpected("MCS ErectDomainRequest"));
  EXPECT_EQ(pdu_error("0300000c02f08038000603ef"), unexpected("MCS ChannelJoinRequest"));
  EXPECT_EQ(pdu_error("0300000f02f08064000603eb7000"), unexpected("MCS SendDataRequest"));
  EXPECT_EQ(pdu_error("0300000a02f080240000"), unexpected("MCS RejectMCSPDUUltimatum"));
  EXPECT_EQ(pdu_error("0300000802f080fc"), unexpected("MCS PDU of choice 63"));
  EXPECT_EQ(pdu_error("0300000a02f0807f6500"), unexpected("MCS Connect-Initial"));
  EXPECT_EQ(pdu_error("0300000a02f0807f6900"), unexpected("MCS connect PDU of tag 0x69"));
  EXPECT_EQ(pdu_error("030000130ed000001234000201080001000000"), unexpected("X.224 Connection Confirm"));
  EXPECT_EQ(pdu_error("0300000b06800000000000"), unexpected("X.224 Disconnect Request"));
  EXPECT_EQ(pdu_error("0300000906700000000000"), unexpected("X.224 TPDU Error"));
  EXPECT_EQ(pdu_error("0300000b06100000000000"), unexpected("X.224 TPDU of code 16"));
}

TEST(Mcs, SaysWhatIsWrong) {
  EXPECT_EQ(pdu_error("0300000502"), malformed("TPKT without a TPDU"));
  EXPECT_EQ(pdu_error("0300000602f0"), malformed("X.224 Data header is cut off"));
  EXPECT_EQ(pdu_error("0300000902f0002180"),
            malformed("X.224 Data header of length 2 with end mark 0x00, not 2 and 0x80"));
  EXPECT_EQ(pdu_error("0300000903f0802180"),
            malformed("X.224 Data header of length 3 with end mark 0x80, not 2 and 0x80"));
  EXPECT_EQ(pdu_error("0300000702f080"), malformed("X.224 Data without an MCS PDU"));
  EXPECT_EQ(pdu_error("0300000802f0807f"), malformed("MCS connect PDU ends inside its tag"));
  EXPECT_EQ(pdu_error("0300000802f08020"), malformed("MCS DisconnectProviderUltimatum is cut off"));
  EXPECT_EQ(pdu_error("0300000a02f0802e0000"), malformed("MCS AttachUserConfirm is cut off"));
  EXPECT_EQ(pdu_error("0300000b02f0802e00fc17"),
            malformed("MCS AttachUserConfirm: user 65536, at most 65535 is allowed"));
  EXPECT_EQ(pdu_error("0300000d02f0803e00000603eb"), malformed("MCS ChannelJoinConfirm is cut off"));
  EXPECT_EQ(pdu_error("0300000e02f080680003 03eb7003"),
            malformed("MCS SendDataIndication: length 3, only 0 bytes follow"));
  EXPECT_EQ(pdu_error("0300000e02f080680003 03eb7080"),
            malformed("MCS SendDataIndication: its length is cut off or in fragments"));
  EXPECT_EQ(pdu_error("0300000e02f080680003 03eb70c4"),
            malformed("MCS SendDataIndication: its length is cut off or in fragments"));
  EXPECT_EQ(pdu_error("0300000f02f080680003 03eb70c000"),
            malformed("MCS SendDataIndication: its length is cut off or in fragments"));
}

TEST(Mcs, SaysWhatIsWrongWithAConnectResponse) {
  EXPECT_EQ(pdu_error("0300000a02f0807f665b"),
            malformed("MCS Connect-Response: DER length 91, only 0 bytes follow"));
  EXPECT_EQ(pdu_error("0300000a02f0807f6680"), malformed("MCS Connect-Response: DER length is indefinite"));
  EXPECT_EQ(pdu_error("0300000d02f0807f6603020100"),
            malformed("MCS Connect-Response: DER tag 0x02 where 0x0a belongs"));
  EXPECT_EQ(pdu_error("0300000c02f0807f66020a00"),
            malformed("MCS Connect-Response: result of 0 bytes, 1 to 4 are allowed"));
  EXPECT_EQ(pdu_error("0300001102f0807f66070a050000000000"),
            malformed("MCS Connect-Response: result of 5 bytes, 1 to 4 are allowed"));
  EXPECT_EQ(pdu_error("0300000d02f0807f66030a0100"),
            malformed("MCS Connect-Response: a DER element is missing or cut off"));
}

// Nothing here is still whole when it is cut, with the length of its TPKT mended or not.
TEST(Mcs, RefusesEveryTruncation) {
  for (const char* hex :
       {vectors::kSpecification, vectors::kXrdpTls, vectors::kXrdpRdp, vectors::kFreeRdp, vectors::kRefused,
        "0300000b 02f080 2e00 0006", "0300000f 02f080 3e00 0006 03ef 03ef", "0300000d 02f080 3c60 0006 03eb",
        "03000009 02f080 2180",
        "03000022 02f080 68 0001 03eb 70 14 80000000 ff031000 07000000 02000000 04000000"}) {
    test::for_each_truncation(from_hex(hex), [&](std::span<std::uint8_t> cut) {
      for (int pass = 0; pass < 2; ++pass) {
        const auto result = decode_mcs_pdu(cut);
        ASSERT_NE(result.malformed(), nullptr) << hex << " cut to " << cut.size();
        EXPECT_EQ(result.malformed()->error, DecodeError::malformed) << hex << " cut to " << cut.size();
        test::mend_tpkt_length(cut);
      }
    });
  }
}

TEST(Mcs, ToleratesBytesBehindAPduWithinItsTpkt) {
  EXPECT_EQ(decoded_pdu<DisconnectProviderUltimatum>(from_hex("0300000b02f0802180beef")).reason, 3u);
  EXPECT_EQ(decoded_pdu<SendDataIndication>(from_hex("0300001102f080 68 0003 03eb 70 01 aabbcc")).data,
            from_hex("aa"));
}

TEST(Mcs, DescribesResultsAndReasons) {
  EXPECT_EQ(describe_mcs_result(0), "rt-successful (0)");
  EXPECT_EQ(describe_mcs_result(14), "rt-unspecified-failure (14)");
  EXPECT_EQ(describe_mcs_result(15), "rt-user-rejected (15)");
  EXPECT_EQ(describe_mcs_result(16), "16");
  EXPECT_EQ(describe_mcs_reason(1), "rn-provider-initiated (1)");
  EXPECT_EQ(describe_mcs_reason(3), "rn-user-requested (3)");
  EXPECT_EQ(describe_mcs_reason(7), "7");
}

}  // namespace
}  // namespace rdpwatch::wire
