#include "probes/wire/licensing.hpp"

#include <gtest/gtest.h>

#include <cstdio>

#include "tests/support/hex.hpp"
#include "tests/support/truncation.hpp"
#include "tests/unit/wire/licensing_vectors.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;

template <typename Message>
Message decoded_license(const std::string& hex) {
  const auto result = decode_license_message(from_hex(hex));
  EXPECT_TRUE(result.ok()) << (result.malformed() != nullptr ? result.malformed()->what : "need more");
  if (!result.ok() || !std::holds_alternative<Message>(result.value())) {
    ADD_FAILURE() << "another message";
    return {};
  }
  return std::get<Message>(result.value());
}

std::string licensing_error(const std::string& hex) {
  const auto result = decode_license_message(from_hex(hex));
  EXPECT_NE(result.malformed(), nullptr) << hex;
  if (result.malformed() == nullptr) return "";
  EXPECT_EQ(result.malformed()->error, DecodeError::malformed);
  return result.malformed()->what;
}

// A LICENSE_REQUEST with this behind the server's random.
std::string request(const std::string& rest) {
  const auto size = 4 + 32 + from_hex(rest).size();
  char preamble[16];
  std::snprintf(preamble, sizeof preamble, "0103%02x%02x", static_cast<unsigned>(size & 0xFF),
                static_cast<unsigned>(size >> 8));
  return preamble + std::string(64, '5') + rest;
}

TEST(Licensing, DecodesXrdpsRequest) {
  const auto request = decoded_license<LicenseRequest>(vectors::kXrdpLicenseRequest);
  EXPECT_EQ(request.product_version, 0x00040000u);
  EXPECT_EQ(request.company, "Microsoft Corporation");
  EXPECT_EQ(request.product_id, "236");
  EXPECT_EQ(request.scopes, std::vector<std::string>{"microsoft.com"});
}

// The shape of a Windows Server 2008 R2 or later: version 6.0, product A02.
TEST(Licensing, DecodesARequestOfASessionHost) {
  const auto message = decoded_license<LicenseRequest>(
      request("00000600 08000000 4d00530000d80000 08000000 4100300032000000 0d00 0400 01000000 0300 0000 "
              "02000000 0e00 0200 6100 0e00 0000"));
  EXPECT_EQ(message.product_version, 0x00060000u);
  EXPECT_EQ(message.company, "MS\xEF\xBF\xBD");
  EXPECT_EQ(message.product_id, "A02");
  EXPECT_EQ(message.scopes, (std::vector<std::string>{"a", ""}));
}

TEST(Licensing, KeepsEightScopes) {
  std::string scopes;
  for (int i = 0; i < 9; ++i) scopes += "0e00 0200 6100";
  const std::string head = "00000600 00000000 00000000 00000000 00000000";
  EXPECT_EQ(decoded_license<LicenseRequest>(request(head + "09000000" + scopes)).scopes.size(),
            kMaxLicenseScopes);
}

TEST(Licensing, MakesTextsSafe) {
  const auto message = decoded_license<LicenseRequest>(
      request("00000600 04000000 1b004100 00000000 00000000 00000000 01000000 0e00 0300 1b41ff"));
  EXPECT_EQ(message.company,
            "\xEF\xBF\xBD"
            "A");
  EXPECT_EQ(message.scopes, std::vector<std::string>{"\xEF\xBF\xBD"
                                                     "A\xEF\xBF\xBD"});
}

// The dump of MS-RDPBCGR 4.1.12, decrypted.
TEST(Licensing, DecodesAnErrorAlert) {
  const auto alert = decoded_license<LicenseAlert>(vectors::kValidClient);
  EXPECT_EQ(alert.code, license_error::kValidClient);
  EXPECT_EQ(alert.transition, 2u);
  const auto no_server = decoded_license<LicenseAlert>("ff831000 06000000 01000000 04000000");
  EXPECT_EQ(no_server.code, license_error::kNoLicenseServer);
  EXPECT_EQ(no_server.transition, 1u);
  EXPECT_EQ(decoded_license<LicenseAlert>("ff030c00 02000000 01000000").code, license_error::kNoLicense);
}

TEST(Licensing, LeavesOtherMessagesAlone) {
  EXPECT_EQ(decoded_license<OtherLicenseMessage>("02030600 beef").type, 0x02);
  EXPECT_EQ(decoded_license<OtherLicenseMessage>("77030400").type, 0x77);
}

TEST(Licensing, SaysWhatIsWrong) {
  EXPECT_EQ(licensing_error(""), "licensing: preamble of 0 bytes, 4 are needed");
  EXPECT_EQ(licensing_error("ff0310"), "licensing: preamble of 3 bytes, 4 are needed");
  EXPECT_EQ(licensing_error("ff030300"), "licensing: message of length 3, 4 to 4 are possible");
  EXPECT_EQ(licensing_error("ff031000 07000000"), "licensing: message of length 16, 4 to 8 are possible");
  EXPECT_EQ(licensing_error("ff030600 0700"),
            "licensing: ERROR_ALERT: dwErrorCode of 4 bytes, only 2 follow");
  EXPECT_EQ(licensing_error("ff030800 07000000"),
            "licensing: ERROR_ALERT: dwStateTransition of 4 bytes, only 0 follow");
  EXPECT_EQ(licensing_error("ff031000 07000000 02000000 04000100"),
            "licensing: ERROR_ALERT: ErrorInfo of 1 bytes, only 0 follow");
  EXPECT_EQ(licensing_error("01030600 5555"),
            "licensing: LICENSE_REQUEST: ServerRandom of 32 bytes, only 2 follow");
  EXPECT_EQ(licensing_error(request("000006")),
            "licensing: LICENSE_REQUEST: dwVersion of 4 bytes, only 3 follow");
  EXPECT_EQ(licensing_error(request("00000600 04000000 4d00")),
            "licensing: LICENSE_REQUEST: CompanyName of 4 bytes, only 2 follow");
  EXPECT_EQ(licensing_error(request("00000600 01020000 4d00")),
            "licensing: LICENSE_REQUEST: CompanyName of 513 bytes, at most 512 expected");
  EXPECT_EQ(licensing_error(request("00000600 00000000 ffffffff")),
            "licensing: LICENSE_REQUEST: ProductId of 4294967295 bytes, at most 512 expected");
  EXPECT_EQ(licensing_error(request("00000600 00000000 00000000 0d00 0400 0100")),
            "licensing: LICENSE_REQUEST: KeyExchangeList of 4 bytes, only 2 follow");
  EXPECT_EQ(licensing_error(request("00000600 00000000 00000000 00000000 0300ffff")),
            "licensing: LICENSE_REQUEST: ServerCertificate of 65535 bytes, only 0 follow");
  EXPECT_EQ(licensing_error(request("00000600 00000000 00000000 00000000 00000000 ffffffff 0e000000")),
            "licensing: LICENSE_REQUEST: Scope of 2 bytes, only 0 follow");
  EXPECT_EQ(licensing_error(request("00000600 00000000 00000000 00000000 00000000 01000000 0e000102" +
                                    std::string(2 * 513, '6'))),
            "licensing: LICENSE_REQUEST: Scope of 513 bytes, at most 512 expected");
}

// Whole messages that are cut, with their length mended or not. Only the alert's blob is not missed.
TEST(Licensing, RefusesEveryTruncation) {
  for (const char* hex : {vectors::kXrdpLicenseRequest, vectors::kValidClient}) {
    test::for_each_truncation(from_hex(hex), [&](std::span<std::uint8_t> cut) {
      EXPECT_NE(decode_license_message(cut).malformed(), nullptr) << hex << " cut to " << cut.size();
      if (cut.size() < 4) return;
      cut[2] = static_cast<std::uint8_t>(cut.size());
      cut[3] = static_cast<std::uint8_t>(cut.size() >> 8);
      const bool whole = hex == vectors::kValidClient && cut.size() == 12;
      EXPECT_EQ(decode_license_message(cut).ok(), whole) << hex << " cut to " << cut.size();
    });
  }
}

TEST(Licensing, DescribesErrorsAndTypes) {
  EXPECT_EQ(describe_license_error(1), "INVALID_SERVER_CERTIFICATE (0x1)");
  EXPECT_EQ(describe_license_error(6), "NO_LICENSE_SERVER (0x6)");
  EXPECT_EQ(describe_license_error(7), "STATUS_VALID_CLIENT (0x7)");
  EXPECT_EQ(describe_license_error(0xC), "INVALID_MESSAGE_LEN (0xc)");
  EXPECT_EQ(describe_license_error(5), "0x5");
  EXPECT_EQ(describe_license_message_type(0x01), "LICENSE_REQUEST (0x01)");
  EXPECT_EQ(describe_license_message_type(0x02), "PLATFORM_CHALLENGE (0x02)");
  EXPECT_EQ(describe_license_message_type(0xFF), "ERROR_ALERT (0xff)");
  EXPECT_EQ(describe_license_message_type(0x05), "0x05");
}

}  // namespace
}  // namespace rdpwatch::wire
