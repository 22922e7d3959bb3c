#include "probes/wire/credssp.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "probes/wire/ntlm.hpp"
#include "probes/wire/ntstatus.hpp"
#include "tests/support/hex.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;

// TSRequests of version 2 and 6 with a bare NTLM NEGOTIATE, and of version 6 with the same one in SPNEGO.
constexpr const char* kVersion2 =
    "3037a003020102a130302e302ca02a04284e544c4d5353500001000000b78208e200000000000000000000000000000000"
    "0a0063450000000f";
constexpr const char* kVersion6 =
    "3037a003020106a130302e302ca02a04284e544c4d5353500001000000b78208e200000000000000000000000000000000"
    "0a0063450000000f";
constexpr const char* kSpnego =
    "3059a003020106a1523050304ea04c044a604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa22a"
    "04284e544c4d5353500001000000b78208e2000000000000000000000000000000000a0063450000000f";
constexpr const char* kErrorInFourBytes = "300da003020106a4060204c000006d";
constexpr const char* kErrorInFiveBytes = "300ea003020106a407020500c000006d";
// What FreeRDP 2.11's server on a host called "vm" answers to a NEGOTIATE.
constexpr const char* kFreeRdp =
    "30819f a003020106 a17430723070a06e046c"
    "4e544c4d53535000020000000400040038000000b78288e2b6a900a76ceacd0f000000000000000030003000 3c000000"
    "0601b11d0000000f 56004d00 0200040056004d00 0100040056004d00 0400040076006d00 0300040076006d00"
    "0700080080e362b7597bdd01 00000000"
    "a5220420 96a66536c81bee24ffddd915d582e3694013118bdf9b475ceff0d281a5814ef9";

TsRequest decoded_request(std::span<const std::uint8_t> bytes) {
  const auto result = decode_ts_request(bytes);
  EXPECT_TRUE(result.ok()) << (result.malformed() != nullptr ? result.malformed()->what : "need more");
  return result.ok() ? result.value() : TsRequest{};
}

std::string request_error(const char* hex) {
  const auto result = decode_ts_request(from_hex(hex));
  EXPECT_NE(result.malformed(), nullptr) << hex;
  if (result.malformed() == nullptr) return "";
  EXPECT_EQ(result.malformed()->error, DecodeError::malformed);
  return result.malformed()->what;
}

TEST(Credssp, EncodesTheNegotiateInVersions2And6) {
  EXPECT_EQ(encode_ts_request(2, encode_ntlm_negotiate()), from_hex(kVersion2));
  EXPECT_EQ(encode_ts_request(6, encode_ntlm_negotiate()), from_hex(kVersion6));
}

TEST(Credssp, EncodesLengthsOfEveryForm) {
  for (const std::size_t length : {0, 100, 110, 120, 127, 128, 200, 240, 255, 256, 300, 65000}) {
    const std::vector<std::uint8_t> token(length, 0x5A);
    const auto bytes = encode_ts_request(6, token);
    EXPECT_EQ(decoded_request(bytes).nego_token, token) << length;
  }
  const std::vector<std::uint8_t> token(128, 0);
  const auto bytes = encode_ts_request(6, token);
  EXPECT_EQ(std::vector<std::uint8_t>(bytes.begin(), bytes.begin() + 23),
            from_hex("308194 a003020106 a1818c 308189 308186 a08183 048180"));
}

TEST(Credssp, DecodesWhatItEncodes) {
  const TsRequest request = decoded_request(from_hex(kVersion6));
  EXPECT_EQ(request.version, 6u);
  EXPECT_EQ(request.nego_token, encode_ntlm_negotiate());
  EXPECT_EQ(request.error_code, std::nullopt);
  EXPECT_FALSE(request.has_pub_key_auth);
  EXPECT_FALSE(request.has_client_nonce);
  EXPECT_EQ(decoded_request(from_hex(kVersion2)).version, 2u);
  EXPECT_EQ(decoded_request(from_hex(kSpnego)).nego_token->size(), 74u);
}

TEST(Credssp, DecodesErrorCodesOfFourAndOfFiveBytes) {
  const TsRequest four = decoded_request(from_hex(kErrorInFourBytes));
  EXPECT_EQ(four.error_code, 0xC000006Du);
  EXPECT_EQ(four.nego_token, std::nullopt);
  EXPECT_EQ(decoded_request(from_hex(kErrorInFiveBytes)).error_code, 0xC000006Du);
  EXPECT_EQ(decoded_request(from_hex("300aa003020106a403020105")).error_code, 5u);
}

TEST(Credssp, DecodesFreeRdpsChallenge) {
  const auto bytes = from_hex(kFreeRdp);
  ASSERT_EQ(bytes.size(), 162u);
  const TsRequest request = decoded_request(bytes);
  EXPECT_EQ(request.version, 6u);
  EXPECT_TRUE(request.has_client_nonce);
  EXPECT_EQ(request.error_code, std::nullopt);
  ASSERT_TRUE(request.nego_token.has_value());
  const auto challenge = decode_ntlm_challenge(*request.nego_token);
  ASSERT_TRUE(challenge.ok());
  EXPECT_EQ(challenge.value().netbios_computer, "VM");
  EXPECT_EQ(challenge.value().dns_computer, "vm");
}

// To SPNEGO FreeRDP's server answers with 12256 bytes of a token that nobody filled, and an error code.
TEST(Credssp, DecodesFreeRdpsUnfilledToken) {
  auto bytes = from_hex("30823025 a003020106 a1822ff0 30822fec 30822fe8 a0822fe4 04822fe0");
  bytes.resize(bytes.size() + 12256);
  const auto end =
      from_hex("a4060204c00700ea a5220420 2cbd44bd40519661764b47a64a6beeda645b9ae2cc542e3330c32eb56eb2eb4a");
  bytes.insert(bytes.end(), end.begin(), end.end());
  ASSERT_EQ(bytes.size(), 12329u);
  const TsRequest request = decoded_request(bytes);
  EXPECT_EQ(request.error_code, 0xC00700EAu);
  EXPECT_TRUE(request.has_client_nonce);
  ASSERT_TRUE(request.nego_token.has_value());
  EXPECT_EQ(request.nego_token->size(), 12256u);
  const auto challenge = decode_ntlm_challenge(*request.nego_token);
  ASSERT_NE(challenge.malformed(), nullptr);
  EXPECT_EQ(*challenge.malformed(), (Malformed{DecodeError::foreign, "no NTLM message in the token"}));
}

// Each length in a block of its own, so that AddressSanitizer sees a read past the end.
TEST(Credssp, AsksForMoreAtEveryCut) {
  for (const char* vector : {kVersion2, kVersion6, kSpnego, kErrorInFourBytes, kErrorInFiveBytes, kFreeRdp}) {
    const auto bytes = from_hex(vector);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const auto cut = std::make_unique<std::uint8_t[]>(length);
      if (length > 0) std::memcpy(cut.get(), bytes.data(), length);
      const auto result = decode_ts_request({cut.get(), length});
      ASSERT_NE(result.need_more(), nullptr) << vector << " cut to " << length;
      EXPECT_GE(result.need_more()->missing, 1u);
      EXPECT_LE(length + result.need_more()->missing, bytes.size());
    }
  }
}

// A message cut inside, whose outer length was mended, is refused and never asks for more.
TEST(Credssp, RefusesContentsCutAtEveryLength) {
  const auto whole = from_hex(kVersion6);
  for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
    std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + 2 + static_cast<std::ptrdiff_t>(length));
    cut[1] = static_cast<std::uint8_t>(length);
    const auto result = decode_ts_request(cut);
    if (length == 5) {  // the version alone is a whole TSRequest
      EXPECT_TRUE(result.ok());
    } else {
      ASSERT_NE(result.malformed(), nullptr) << length;
      EXPECT_EQ(result.malformed()->error, DecodeError::malformed) << length;
    }
  }
}

TEST(Credssp, LeavesBytesBehindItAlone) {
  EXPECT_EQ(decoded_request(from_hex("300da003020106a4060204c000006d 0300000902f0802180")).error_code,
            0xC000006Du);
}

TEST(Credssp, SkipsFieldsOfLaterVersions) {
  const TsRequest request = decoded_request(from_hex("3013 a003020107 a4060204c000006d a602beef 8700"));
  EXPECT_EQ(request.version, 7u);
  EXPECT_EQ(request.error_code, 0xC000006Du);
}

TEST(Credssp, TakesTheFirstOfSeveralTokens) {
  const TsRequest request =
      decoded_request(from_hex("3019 a003020106 a112 3010 3006a0040402aaaa 3006a0040402bbbb"));
  EXPECT_EQ(request.nego_token, from_hex("aaaa"));
  EXPECT_EQ(decoded_request(from_hex("3009 a003020106 a1023000")).nego_token, std::nullopt);
}

TEST(Credssp, SeesPubKeyAuthAndSkipsAuthInfo) {
  const TsRequest request = decoded_request(from_hex("3011 a003020106 a2040402beef a3040402beef"));
  EXPECT_TRUE(request.has_pub_key_auth);
  auto bytes = from_hex("3082100f a003020106 a3821006 04821002");
  bytes.resize(bytes.size() + 4098);
  const auto result = decode_ts_request(bytes);
  ASSERT_NE(result.malformed(), nullptr);
  EXPECT_EQ(result.malformed()->what, "TSRequest with a pubKeyAuth of 4098 bytes, at most 4096 expected");
}

TEST(Credssp, SaysWhatIsWrong) {
  EXPECT_EQ(request_error("3000"), "TSRequest without a version");
  EXPECT_EQ(request_error("3008a4060204c000006d"), "TSRequest without a version");
  EXPECT_EQ(request_error("300aa003020106a003020106"), "TSRequest with field [0] behind field [0]");
  EXPECT_EQ(request_error("3011a003020106a4060204c000006da1023000"),
            "TSRequest with field [1] behind field [4]");
  EXPECT_EQ(request_error("3003020106"), "TSRequest with a tag that is not a field's");
  EXPECT_EQ(request_error("3003800106"), "TSRequest with a tag that is not a field's");
  EXPECT_EQ(request_error("3005a0030201ff"), "TSRequest of version -1");
  EXPECT_EQ(request_error("3009a00702050100000000"), "TSRequest of version 4294967296");
  EXPECT_EQ(request_error("3007a0050201060500"), "TSRequest with bytes behind the value of field [0]");
  EXPECT_EQ(request_error("300ea003020106a40702050100000000"),
            "TSRequest with an errorCode of more than 32 bits");
  EXPECT_EQ(request_error("300ea003020106a4070205ff00000000"),
            "TSRequest with an errorCode of more than 32 bits");
  EXPECT_EQ(request_error("300ba003020106a5040402beef"), "TSRequest with a clientNonce of 2 bytes, not 32");
  EXPECT_EQ(request_error("3009a003020106a1020400"), "DER tag 0x04 where 0x30 belongs");
  EXPECT_EQ(request_error("3010a003020106a10930073005a003040aff"), "DER length 10, only 1 bytes follow");
  EXPECT_EQ(request_error("3009a003020106a17f3000"), "DER length 127, only 2 bytes follow");
}

TEST(Credssp, KnowsWhatIsNotATsRequest) {
  const auto mcs = decode_ts_request(from_hex("0300000902f0802180"));
  EXPECT_EQ(*mcs.malformed(), (Malformed{DecodeError::foreign, "does not start with a DER SEQUENCE"}));
  const auto huge = decode_ts_request(from_hex("3084ffffffff"));
  EXPECT_EQ(*huge.malformed(),
            (Malformed{DecodeError::oversized, "DER SEQUENCE of 4294967301 bytes, at most 66000 expected"}));
}

TEST(Credssp, DecodesTheEarlyUserAuthorizationResult) {
  EXPECT_EQ(decode_early_user_authorization(from_hex("00000000")).value(), EarlyUserAuthorization::success);
  EXPECT_EQ(decode_early_user_authorization(from_hex("0500000003")).value(),
            EarlyUserAuthorization::access_denied);
  EXPECT_EQ(*decode_early_user_authorization({}).need_more(), NeedMore{4});
  EXPECT_EQ(*decode_early_user_authorization(from_hex("050000")).need_more(), NeedMore{1});
  EXPECT_EQ(
      *decode_early_user_authorization(from_hex("03000013")).malformed(),
      (Malformed{DecodeError::malformed, "Early User Authorization Result 318767107, neither 0 nor 5"}));
}

TEST(NtStatus, KnowsTheListedNumbers) {
  const NtStatus failure = find_ntstatus(0xC000006D);
  EXPECT_EQ(failure.number, 0xC000006Du);
  EXPECT_EQ(failure.name, "STATUS_LOGON_FAILURE");
  EXPECT_EQ(failure.reason, NtStatusReason::credentials_rejected);
  EXPECT_EQ(find_ntstatus(0xC0000234).reason, NtStatusReason::account_restricted);
  EXPECT_EQ(find_ntstatus(0xC0000224).name, "STATUS_PASSWORD_MUST_CHANGE");
  EXPECT_EQ(find_ntstatus(0xC0000022).reason, NtStatusReason::access_denied);
  EXPECT_EQ(find_ntstatus(0xC0000418).reason, NtStatusReason::nla_protocol_error);
}

TEST(NtStatus, KeepsTheNumberOfAnUnknownOne) {
  const NtStatus unknown = find_ntstatus(0xC00700EA);
  EXPECT_EQ(unknown.number, 0xC00700EAu);
  EXPECT_EQ(unknown.name, "");
  EXPECT_EQ(unknown.reason, NtStatusReason::nla_protocol_error);
}

TEST(NtStatus, DescribesBoth) {
  EXPECT_EQ(describe_ntstatus(0xC000006D), "STATUS_LOGON_FAILURE (0xc000006d)");
  EXPECT_EQ(describe_ntstatus(0xC00700EA), "0xc00700ea");
}

TEST(NtStatus, TableIsSortedAndHoldsNoNumberTwice) {
  const std::vector<std::uint32_t> numbers = {
#define RDPWATCH_NTSTATUS(number, name, reason) number,
#include "probes/wire/ntstatus.def"
#undef RDPWATCH_NTSTATUS
  };
  EXPECT_EQ(numbers.size(), 20u);
  for (std::size_t i = 1; i < numbers.size(); ++i) EXPECT_LT(numbers[i - 1], numbers[i]);
}

}  // namespace
}  // namespace rdpwatch::wire
