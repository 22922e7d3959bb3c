#include "probes/wire/x224.hpp"

#include <gtest/gtest.h>

#include "probes/wire/tpkt.hpp"
#include "tests/support/hex.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;

// The dump of MS-RDPBCGR 4.1.1: Cookie: mstshash=eltons, requestedProtocols 0.
TEST(X224, EncodesTheSpecificationsConnectionRequest) {
  EXPECT_EQ(encode_connection_request("eltons", 0),
            from_hex("0300002c 27 e0 0000 0000 00 436f6f6b69653a206d737473686173683d656c746f6e730d0a 01 00 "
                     "0800 00000000"));
}

TEST(X224, EncodesWithAndWithoutCookie) {
  EXPECT_EQ(
      encode_connection_request("probe", 0x0B),
      from_hex("0300002b26e00000000000436f6f6b69653a206d737473686173683d70726f62650d0a010008000b000000"));
  EXPECT_EQ(encode_connection_request("", 0x0B), from_hex("030000130ee00000000000010008000b000000"));
}

ConnectionConfirm confirm(const char* hex) {
  const auto result = decode_connection_confirm(from_hex(hex));
  EXPECT_TRUE(result.ok()) << hex << ": "
                           << (result.malformed() != nullptr ? result.malformed()->what : "need more");
  return result.ok() ? result.value() : ConnectionConfirm{};
}

TEST(X224, DecodesConfirmsOfTheWindowsGenerations) {
  const auto seven = confirm("030000130ed000001234000201080002000000");
  EXPECT_EQ(seven.source_reference, 0x1234);
  EXPECT_EQ(std::get<NegotiationResponse>(seven.negotiation), (NegotiationResponse{0x01, protocol::kHybrid}));
  EXPECT_EQ(std::get<NegotiationResponse>(confirm("030000130ed00000123400021f080008000000").negotiation),
            (NegotiationResponse{0x1F, protocol::kHybridEx}));
}

TEST(X224, DecodesAnySourceReference) {
  EXPECT_EQ(confirm("030000130ed000000000000203080002000000").source_reference, 0);       // GNOME
  EXPECT_EQ(confirm("030000130ed000003412000203080002000000").source_reference, 0x3412);  // VirtualBox
}

TEST(X224, DecodesAConfirmWithoutNegotiationData) {
  EXPECT_TRUE(std::holds_alternative<NoNegotiation>(confirm("0300000b06d00000123400").negotiation));
}

TEST(X224, DecodesEveryFailureCode) {
  for (std::uint32_t code = 1; code <= 6; ++code) {
    auto bytes = from_hex("030000130ed000001234000300080000000000");
    bytes[15] = static_cast<std::uint8_t>(code);
    const auto result = decode_connection_confirm(bytes);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(std::get<NegotiationFailure>(result.value().negotiation), NegotiationFailure{code});
  }
  EXPECT_EQ(std::get<NegotiationFailure>(confirm("030000130ed0000012340003000800efbeadde").negotiation),
            NegotiationFailure{0xDEADBEEF});
}

TEST(X224, ToleratesBytesBehindTheStructureWithinTheTpkt) {
  EXPECT_EQ(std::get<NegotiationResponse>(confirm("030000150ed000001234000201080001000000ffff").negotiation),
            (NegotiationResponse{0x01, protocol::kSsl}));
}

struct Bad {
  const char* hex;
  DecodeError error;
  const char* what;
};

TEST(X224, SaysWhatIsWrong) {
  const Bad table[] = {
      {"0300000902f0802180", DecodeError::unexpected,
       "MCS DisconnectProviderUltimatum instead of a Connection Confirm"},
      {"0300000802f08028", DecodeError::unexpected, "X.224 Data instead of a Connection Confirm"},
      {"0300000b06800000000000", DecodeError::unexpected,
       "X.224 Disconnect Request instead of a Connection Confirm"},
      {"0300000906700000000000", DecodeError::unexpected, "X.224 TPDU Error instead of a Connection Confirm"},
      {"0300000b06e00000000000", DecodeError::unexpected,
       "X.224 Connection Request came back instead of a Connection Confirm"},
      {"0300000b06100000000000", DecodeError::unexpected,
       "X.224 TPDU of code 16 instead of a Connection Confirm"},
      {"0300001708025aa55a", DecodeError::foreign, "Q.931 over TPKT: this is H.323, not RDP"},
      {"0300000b0ed00000123400", DecodeError::malformed,
       "X.224 length indicator 14 does not fit a TPDU of 6 bytes"},
      {"0300000b05d00000123400", DecodeError::malformed,
       "X.224 length indicator 5 does not fit a TPDU of 6 bytes"},
      {"0300000f0ad0000012340002010800", DecodeError::malformed, "negotiation data of 4 bytes, 8 are needed"},
      {"030000130ed000001234000201090001000000", DecodeError::malformed,
       "negotiation data says its length is 9, not 8"},
      {"030000130ed000001234000701080001000000", DecodeError::malformed,
       "negotiation data of unknown type 7"},
  };
  for (const Bad& bad : table) {
    const auto result = decode_connection_confirm(from_hex(bad.hex));
    ASSERT_NE(result.malformed(), nullptr) << bad.hex;
    EXPECT_EQ(result.malformed()->what, bad.what) << bad.hex;
    EXPECT_EQ(result.malformed()->error, bad.error) << bad.hex;
  }
}

// Every truncation of every vector is need-more or an error, and never reads past the end (ASan watches).
TEST(X224, SurvivesEveryTruncation) {
  for (const char* hex : {"030000130ed000001234000201080002000000", "0300000b06d00000123400",
                          "0300000902f0802180", "030000130ed000001234000300080005000000"}) {
    const auto whole = from_hex(hex);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_NE(frame_tpkt(cut, kMaxConnectionConfirm).need_more(), nullptr);
      EXPECT_EQ(decode_connection_confirm(cut).need_more(), nullptr);
    }
  }
}

}  // namespace
}  // namespace rdpwatch::wire
