#include "probes/wire/server_message.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/hex.hpp"
#include "tests/support/truncation.hpp"
#include "tests/unit/wire/licensing_vectors.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;

constexpr const char* kDeniedConnection =
    "1600 1700 ea03 ea030100 00 01 0800 2f 00 0000 07000000";  // uncompressedLength means nothing

// The dump of MS-RDPBCGR 4.1.13, decrypted.
constexpr const char* kDemandActive =
    "6701 1100 ea03 ea030100 0400 5101 52445000"  // header, shareId, two lengths, "RDP"
    "0d00000009000800ea03dce201001800010003000002000000001d040000000000000101140008000200000016002800"
    "0000000070f613f30100000001000000180000009cf613f361a6828000000000005091bf0e00040002001c0018000100"
    "0100010000050004000001000100000001000000030058000000000000000000000000000000000040420f0001001400"
    "00000100000022000101010101000001010101010000000101010101010101000101010100000000a106000040420f00"
    "40420f0001000000000000000a00080006000000120008000100000008000a000100190019000d00580035000000a106"
    "000040420f000cf613f3935a37f3009030e1341c38f340f613f3040000004c54dce20850dce2010000000850dce20000"
    "000038f613f32e0538f30850dce22cf613f30000000008000a0001001900170008000000000018000b00000000000000"
    "0000000000";

template <typename Message>
Message decoded_message(const std::string& hex) {
  const auto result = decode_server_message(from_hex(hex));
  EXPECT_TRUE(result.ok()) << (result.malformed() != nullptr ? result.malformed()->what : "need more");
  if (!result.ok() || !std::holds_alternative<Message>(result.value())) {
    ADD_FAILURE() << "another message";
    return {};
  }
  return std::get<Message>(result.value());
}

std::string other(const std::string& hex) {
  return decoded_message<OtherServerMessage>(hex).what;
}

std::string message_error(const std::string& hex) {
  const auto result = decode_server_message(from_hex(hex));
  EXPECT_NE(result.malformed(), nullptr) << hex;
  if (result.malformed() == nullptr) return "";
  EXPECT_EQ(result.malformed()->error, DecodeError::malformed);
  return result.malformed()->what;
}

TEST(ServerMessage, RedirectionBehindEitherHeader) {
  decoded_message<ServerRedirection>("0a00 1a00 ea03 00000000");
  decoded_message<ServerRedirection>("0004 0000 0004 1000 00000000");
}

TEST(ServerMessage, DecodesLicensing) {
  for (const char* flags : {"8000 0000", "8000 1100", "8002 0302"}) {  // flagsHi may hold anything
    const auto alert =
        std::get<LicenseAlert>(decoded_message<LicenseMessage>(std::string(flags) + vectors::kValidClient));
    EXPECT_EQ(alert.code, license_error::kValidClient);
  }
  const auto request =
      decoded_message<LicenseMessage>(std::string("8000 3e00") + vectors::kXrdpLicenseRequest);
  EXPECT_EQ(std::get<LicenseRequest>(request).product_id, "236");
}

TEST(ServerMessage, DecodesSetErrorInfo) {
  EXPECT_EQ(decoded_message<SetErrorInfo>(kDeniedConnection).code, 7u);
  EXPECT_EQ(decoded_message<SetErrorInfo>("16001700ea03 ea030100 00 02 0400 2f 00 0000 00000000").code, 0u);
}

TEST(ServerMessage, DecodesDemandActive) {
  decoded_message<DemandActive>(kDemandActive);
  decoded_message<DemandActive>("1600 1100 ec03 ec030100 0400 0400 52445000 00000000");
}

TEST(ServerMessage, NamesOtherSharePdus) {
  EXPECT_EQ(other("0600 1300 ea03"), "Confirm Active PDU");
  EXPECT_EQ(other("0c00 1600 ea03 ea030100 0000"), "Deactivate All PDU");
  EXPECT_EQ(other("0400 1600"), "Deactivate All PDU");  // of Windows XP, without a source
  EXPECT_EQ(other("1600 1700 ea03 ea030100 00 01 0800 36 00 0000 01040000"), "Data PDU of type 0x36");
  EXPECT_EQ(other("1200 1700 ea03 ea030100 00 01 0000 26 00 0000"), "Data PDU of type 0x26");
  EXPECT_EQ(other("1600 1700 ea03 ea030100 00 01 0800 2f 21 1600 07000000"),
            "compressed Data PDU of type 0x2f");
}

TEST(ServerMessage, NamesWhatIsBehindASecurityHeader) {
  EXPECT_EQ(other("0010 0000 0600 0000 0110"), "Auto-Detect Request PDU");
  EXPECT_EQ(other("0040 0000 00010203"), "Heartbeat PDU");
  EXPECT_EQ(other("0200 0000 01000000"), "Initiate Multitransport Request PDU");
  EXPECT_EQ(other("0000 0000"), "message with security flags 0x0000");
  EXPECT_EQ(other("8802 0203 8d439aabd52a31"), "encrypted message with security flags 0x0288");
}

TEST(ServerMessage, SaysWhatIsWrong) {
  EXPECT_EQ(message_error(""), "message of 0 bytes on the I/O channel, 4 are needed");
  EXPECT_EQ(message_error("800000"), "message of 3 bytes on the I/O channel, 4 are needed");
  EXPECT_EQ(message_error("80000000"), "licensing: preamble of 0 bytes, 4 are needed");
  EXPECT_EQ(message_error("1700 1700 ea03 ea030100"),
            "share control PDU of length 23 in a message of 10 bytes");
  EXPECT_EQ(message_error("1100 1700 ea03 ea030100 00 01 0800 2f 00 00"), "Data PDU is cut off");
  EXPECT_EQ(message_error("1500 1700 ea03 ea030100 00 01 0800 2f 00 0000 070000"),
            "Set Error Info PDU is cut off");
  EXPECT_EQ(message_error("0500 1700 ea"), "Data PDU is cut off");
  EXPECT_EQ(message_error("1600 1100 ec03 ec030100 0400 0500 52445000 00000000"),
            "Demand Active PDU is cut off");
}

// Messages that are cut, with the length in front mended or not. Only the session of a Demand Active is not
// missed.
TEST(ServerMessage, RefusesEveryTruncation) {
  for (const char* hex : {kDeniedConnection, kDemandActive}) {
    test::for_each_truncation(from_hex(hex), [&](std::span<std::uint8_t> cut) {
      EXPECT_NE(decode_server_message(cut).malformed(), nullptr) << hex << " cut to " << cut.size();
      if (cut.size() < 4) return;
      cut[0] = static_cast<std::uint8_t>(cut.size());
      cut[1] = static_cast<std::uint8_t>(cut.size() >> 8);
      const bool whole = hex == kDemandActive && cut.size() >= 355;
      EXPECT_EQ(decode_server_message(cut).ok(), whole) << hex << " cut to " << cut.size();
    });
  }
  for (const char* hex : {vectors::kXrdpLicenseRequest, vectors::kValidClient}) {
    const auto bytes = from_hex(std::string("8000 0000") + hex);
    test::for_each_truncation(bytes, [&](std::span<std::uint8_t> cut) {
      EXPECT_NE(decode_server_message(cut).malformed(), nullptr) << hex << " cut to " << cut.size();
    });
  }
}

TEST(ErrorInfo, DescribesCodes) {
  EXPECT_EQ(describe_error_info(0), "ERRINFO_NONE (0x0)");
  EXPECT_EQ(describe_error_info(7), "ERRINFO_SERVER_DENIED_CONNECTION (0x7)");
  EXPECT_EQ(describe_error_info(0x101), "ERRINFO_LICENSE_NO_LICENSE_SERVER (0x101)");
  EXPECT_EQ(describe_error_info(0x412), "ERRINFO_CB_SESSION_ONLINE_VM_SESSMON_FAILED (0x412)");
  EXPECT_EQ(describe_error_info(0x10D2), "ERRINFO_CREATEUSERDATAFAILED (0x10d2)");
  EXPECT_EQ(describe_error_info(0x112F), "ERRINFO_GRAPHICSSUBSYSTEMFAILED (0x112f)");
  EXPECT_EQ(describe_error_info(0x1195), "ERRINFO_DECRYPTFAILED2 (0x1195)");
  EXPECT_EQ(describe_error_info(8), "0x8");
  EXPECT_EQ(describe_error_info(0xFFFFFFFF), "0xffffffff");
}

TEST(ErrorInfo, TableIsSortedAndHoldsNoCodeTwice) {
  const std::vector<std::uint32_t> codes = {
#define RDPWATCH_ERROR_INFO(code, name) code,
#include "probes/wire/error_info.def"
#undef RDPWATCH_ERROR_INFO
  };
  EXPECT_EQ(codes.size(), 120u);
  for (std::size_t i = 1; i < codes.size(); ++i) EXPECT_LT(codes[i - 1], codes[i]);
}

}  // namespace
}  // namespace rdpwatch::wire
