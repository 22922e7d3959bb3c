#include "probes/wire/ntlm.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "probes/wire/byte_writer.hpp"
#include "tests/support/hex.hpp"
#include "tests/unit/wire/ntlm_vectors.hpp"

namespace rdpwatch::wire {
namespace {

using std::chrono::system_clock;
using test::from_hex;
using vectors::kDomainMember;

// The CHALLENGE of MS-NLMP 4.2.4.3.
constexpr const char* kSpecification =
    "4e544c4d53535000 02000000 0c000c0038000000 33828ae2 0123456789abcdef 0000000000000000 2400240044000000"
    "060070170000000f 530065007200760065007200"
    "02000c0044006f006d00610069006e00 01000c005300650072007600650072 00 00000000";
// 2024-03-17T15:26:09Z.
constexpr std::int64_t kDomainMemberClock = 1710689169;

NtlmChallenge decoded_challenge(std::span<const std::uint8_t> token) {
  const auto result = decode_ntlm_challenge(token);
  EXPECT_TRUE(result.ok()) << (result.malformed() != nullptr ? result.malformed()->what : "need more");
  return result.ok() ? result.value() : NtlmChallenge{};
}

Malformed challenge_error(std::span<const std::uint8_t> token) {
  const auto result = decode_ntlm_challenge(token);
  EXPECT_NE(result.malformed(), nullptr);
  return result.malformed() != nullptr ? *result.malformed() : Malformed{};
}

constexpr std::uint32_t kUsualFlags =
    ntlm_flag::kUnicode | ntlm_flag::kTargetInfo | ntlm_flag::kTargetTypeServer;

// A CHALLENGE without a target name whose TargetInfo, behind the header, is `pairs`.
std::vector<std::uint8_t> with_pairs(const std::vector<std::uint8_t>& pairs) {
  const auto length = static_cast<std::uint16_t>(pairs.size());
  ByteWriter writer;
  writer.bytes(from_hex("4e544c4d53535000 02000000 0000000000000000")).u32le(kUsualFlags);
  writer.bytes(from_hex("0123456789abcdef 0000000000000000")).u16le(length).u16le(length).u32le(48);
  writer.bytes(pairs);
  return writer.take();
}

NtlmChallenge with_pairs(const char* hex) {
  return decoded_challenge(with_pairs(from_hex(hex)));
}

std::string error_with_pairs(const char* hex) {
  const Malformed error = challenge_error(with_pairs(from_hex(hex)));
  EXPECT_EQ(error.error, DecodeError::malformed);
  return error.what;
}

std::vector<std::uint8_t> name_pair(std::uint16_t units) {
  ByteWriter writer;
  writer.u16le(3).u16le(static_cast<std::uint16_t>(units * 2));
  for (int i = 0; i < units; ++i) writer.u16le('a');
  return writer.take();
}

TEST(Ntlm, EncodesTheNegotiate) {
  EXPECT_EQ(encode_ntlm_negotiate(),
            from_hex("4e544c4d5353500001000000b78208e2000000000000000000000000000000000a0063450000000f"));
}

TEST(Ntlm, DecodesTheSpecificationsChallenge) {
  const NtlmChallenge challenge = decoded_challenge(from_hex(kSpecification));
  EXPECT_EQ(challenge.flags, 0xE28A8233u);
  EXPECT_EQ(challenge.target_name, "Server");
  EXPECT_EQ(challenge.netbios_domain, "Domain");
  EXPECT_EQ(challenge.netbios_computer, "Server");
  EXPECT_EQ(challenge.dns_computer, "");
  EXPECT_EQ(challenge.dns_domain, "");
  EXPECT_EQ(challenge.dns_tree, "");
  EXPECT_EQ(challenge.version, (NtlmVersion{6, 0, 6000}));
  EXPECT_EQ(challenge.timestamp, std::nullopt);
  EXPECT_EQ(challenge.av_flags, std::nullopt);
}

TEST(Ntlm, DecodesEveryNameAndTheClockOfADomainMember) {
  const NtlmChallenge challenge = decoded_challenge(from_hex(kDomainMember));
  EXPECT_EQ(challenge.flags, 0xE2898235u);
  EXPECT_NE(challenge.flags & ntlm_flag::kTargetTypeDomain, 0u);
  EXPECT_EQ(challenge.target_name, "CONTOSO");
  EXPECT_EQ(challenge.netbios_domain, "CONTOSO");
  EXPECT_EQ(challenge.netbios_computer, "RDP01");
  EXPECT_EQ(challenge.dns_domain, "contoso.test");
  EXPECT_EQ(challenge.dns_computer, "rdp01.contoso.test");
  EXPECT_EQ(challenge.dns_tree, "contoso.test");
  EXPECT_EQ(challenge.version, (NtlmVersion{10, 0, 20348}));
  ASSERT_TRUE(challenge.timestamp.has_value());
  EXPECT_EQ(*challenge.timestamp, system_clock::time_point(std::chrono::seconds(kDomainMemberClock)));
}

TEST(Ntlm, DecodesFreeRdpsChallenge) {
  const NtlmChallenge challenge = decoded_challenge(from_hex(
      "4e544c4d53535000020000000400040038000000b78288e2b6a900a76ceacd0f0000000000000000300030003c000000"
      "0601b11d0000000f56004d000200040056004d000100040056004d000400040076006d000300040076006d0007000800"
      "80e362b7597bdd0100000000"));
  EXPECT_EQ(challenge.target_name, "VM");
  EXPECT_EQ(challenge.netbios_computer, "VM");
  EXPECT_EQ(challenge.dns_domain, "vm");
  EXPECT_EQ(challenge.dns_tree, "");
  EXPECT_EQ(challenge.version, (NtlmVersion{6, 1, 7601}));
  EXPECT_TRUE(challenge.timestamp.has_value());
}

TEST(Ntlm, FindsTheChallengeInsideSpnego) {
  auto token = from_hex("a181ef 3081ec a0030a0101 a10c060a2b06010401823702020a a281d9 0481d6");
  const auto message = from_hex(kDomainMember);
  token.insert(token.end(), message.begin(), message.end());
  EXPECT_EQ(decoded_challenge(token).dns_computer, "rdp01.contoso.test");
}

TEST(Ntlm, RefusesOtherMessages) {
  EXPECT_EQ(challenge_error({}), (Malformed{DecodeError::foreign, "no NTLM message in the token"}));
  // SPNEGO: the mechanism is refused.
  EXPECT_EQ(challenge_error(from_hex("a1073005a0030a0102")),
            (Malformed{DecodeError::foreign, "no NTLM message in the token"}));
  EXPECT_EQ(challenge_error(encode_ntlm_negotiate()),
            (Malformed{DecodeError::unexpected, "NTLM message of type 1 instead of a CHALLENGE"}));
  EXPECT_EQ(challenge_error(from_hex("4e544c4d53535000020000")),
            (Malformed{DecodeError::malformed, "NTLM message without a type"}));
}

// Both vectors cut at every length, each in a block of its own, so that AddressSanitizer sees a read past it.
TEST(Ntlm, RefusesEveryCut) {
  for (const char* vector : {kSpecification, kDomainMember}) {
    const auto bytes = from_hex(vector);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const auto cut = std::make_unique<std::uint8_t[]>(length);
      if (length > 0) std::memcpy(cut.get(), bytes.data(), length);
      const auto result = decode_ntlm_challenge({cut.get(), length});
      ASSERT_NE(result.malformed(), nullptr) << length;
    }
  }
}

TEST(Ntlm, SaysWhereAMessageIsCut) {
  const auto bytes = from_hex(kDomainMember);
  const std::span<const std::uint8_t> all(bytes);
  EXPECT_EQ(challenge_error(all.first(31)).what, "NTLM CHALLENGE of 31 bytes ends inside its header");
  EXPECT_EQ(challenge_error(all.first(47)).what, "NTLM CHALLENGE of 47 bytes ends inside its header");
  EXPECT_EQ(challenge_error(all.first(55)).what, "NTLM CHALLENGE of 55 bytes ends inside its header");
  EXPECT_EQ(challenge_error(all.first(69)).what,
            "NTLM CHALLENGE: TargetName of 14 bytes at 56 does not fit a message of 69 bytes");
  EXPECT_EQ(challenge_error(all.first(213)).what,
            "NTLM CHALLENGE: TargetInfo of 144 bytes at 70 does not fit a message of 213 bytes");
}

TEST(Ntlm, RefusesOffsetsBeyondTheMessage) {
  for (const std::uint32_t offset : {0xFFFFFFFFu, 0xFFFFFFF2u, 0x80000000u, 215u, 214u, 201u}) {
    auto bytes = from_hex(kDomainMember);
    for (int i = 0; i < 4; ++i) bytes[16 + i] = static_cast<std::uint8_t>(offset >> 8 * i);
    EXPECT_EQ(challenge_error(bytes).what, "NTLM CHALLENGE: TargetName of 14 bytes at " +
                                               std::to_string(offset) +
                                               " does not fit a message of 214 bytes");
  }
  auto bytes = from_hex(kDomainMember);
  bytes[40] = 0xFF;
  bytes[41] = 0xFF;
  EXPECT_EQ(challenge_error(bytes).what,
            "NTLM CHALLENGE: TargetInfo of 65535 bytes at 70 does not fit a message of 214 bytes");
}

TEST(Ntlm, IgnoresTheOffsetOfAnEmptyField) {
  auto bytes = with_pairs(from_hex("00000000"));
  for (int i = 16; i < 20; ++i) bytes[i] = 0xFF;
  EXPECT_EQ(decoded_challenge(bytes).target_name, "");
}

TEST(Ntlm, TakesOldChallengesWithoutTargetInfoAndVersion) {
  // 32 bytes, OEM names, as before Windows 2000; VERSION bytes that the flags don't announce say nothing.
  const NtlmChallenge old = decoded_challenge(
      from_hex("4e544c4d53535000 02000000 0200020020000000 02820100 0123456789abcdef 57f1"));
  EXPECT_EQ(old.target_name, "W\ufffd");
  EXPECT_EQ(old.version, std::nullopt);
  auto bytes = from_hex(kDomainMember);
  bytes[23] = 0xE0;  // 0x02000000, VERSION, away
  EXPECT_EQ(decoded_challenge(bytes).version, std::nullopt);
  EXPECT_EQ(decoded_challenge(bytes).netbios_computer, "RDP01");
}

TEST(Ntlm, EndsThePairsAtEolOrTheFieldsEnd) {
  EXPECT_EQ(with_pairs("0100020041 00 0200020042 00").netbios_domain, "B");
  EXPECT_EQ(with_pairs("0100020041 00 00000000 0200020042 00").netbios_domain, "");
  EXPECT_EQ(with_pairs("00000000").netbios_computer, "");
  EXPECT_EQ(with_pairs("0000ffff").netbios_computer, "");  // the length of EOL means nothing
  EXPECT_EQ(with_pairs("").netbios_computer, "");
}

TEST(Ntlm, SkipsPairsThatSayNothingOfTheHost) {
  const NtlmChallenge challenge = with_pairs(
      "0a001000 00000000000000000000000000000000 ff7f0100aa 0600040002000000 01000200410000000000");
  EXPECT_EQ(challenge.netbios_computer, "A");
  EXPECT_EQ(challenge.av_flags, 2u);
}

TEST(Ntlm, RefusesBadPairs) {
  EXPECT_EQ(error_with_pairs("01"), "NTLM CHALLENGE: an AV_PAIR reaches beyond TargetInfo");
  EXPECT_EQ(error_with_pairs("010002"), "NTLM CHALLENGE: an AV_PAIR reaches beyond TargetInfo");
  EXPECT_EQ(error_with_pairs("000000"), "NTLM CHALLENGE: an AV_PAIR reaches beyond TargetInfo");
  EXPECT_EQ(error_with_pairs("01000300410042"), "NTLM CHALLENGE: NbComputerName of 3 bytes is not UTF-16");
  EXPECT_EQ(error_with_pairs("0100ffff4100"), "NTLM CHALLENGE: an AV_PAIR reaches beyond TargetInfo");
  EXPECT_EQ(error_with_pairs("07000400803ea36f"), "NTLM CHALLENGE: Timestamp of 4 bytes, not 8");
  EXPECT_EQ(error_with_pairs("060002000200"), "NTLM CHALLENGE: Flags of 2 bytes, not 4");
}

TEST(Ntlm, BoundsNamesAt255Characters) {
  EXPECT_EQ(decoded_challenge(with_pairs(name_pair(255))).dns_computer, std::string(255, 'a'));
  EXPECT_EQ(challenge_error(with_pairs(name_pair(256))).what,
            "NTLM CHALLENGE: DnsComputerName of 256 characters, at most 255 are allowed");
  // The target name too, in either encoding.
  auto bytes = with_pairs(std::vector<std::uint8_t>(512, 0));
  bytes[13] = 0x02;  // 512 bytes
  bytes[16] = 48;
  EXPECT_EQ(challenge_error(bytes).what,
            "NTLM CHALLENGE: TargetName of 256 characters, at most 255 are allowed");
  bytes[20] = 0x02;  // OEM
  EXPECT_EQ(challenge_error(bytes).what,
            "NTLM CHALLENGE: TargetName of 512 characters, at most 255 are allowed");
}

TEST(Ntlm, BoundsTheNumberOfPairs) {
  std::vector<std::uint8_t> pairs;
  for (int i = 0; i < 64; ++i) pairs.insert(pairs.end(), {0x0A, 0x00, 0x00, 0x00});
  EXPECT_TRUE(decode_ntlm_challenge(with_pairs(pairs)).ok());
  pairs.insert(pairs.end(), {0x00, 0x00, 0x00, 0x00});
  EXPECT_TRUE(decode_ntlm_challenge(with_pairs(pairs)).ok());
  pairs[256] = 0x0A;
  EXPECT_EQ(challenge_error(with_pairs(pairs)).what, "NTLM CHALLENGE: more than 64 AV_PAIRs");
  pairs.clear();
  while (pairs.size() + 4 <= 0xFFFF) pairs.insert(pairs.end(), {0x08, 0x00, 0x00, 0x00});
  EXPECT_EQ(challenge_error(with_pairs(pairs)).what, "NTLM CHALLENGE: more than 64 AV_PAIRs");
}

TEST(Ntlm, LeavesATimeOutThatNoClockHolds) {
  const auto clock = [](const char* filetime) {
    return with_pairs((std::string("07000800") + filetime + "00000000").c_str()).timestamp;
  };
  EXPECT_EQ(clock("0000000000000000"), std::nullopt);
  EXPECT_EQ(clock("ffffffffffffffff"), std::nullopt);
  EXPECT_EQ(clock("ffffffffffffff7f"), std::nullopt);
  EXPECT_EQ(clock("ff7f3ed5deb19d01"), std::nullopt);
  EXPECT_EQ(clock("afc71f50f35fe502"), std::nullopt);
  EXPECT_EQ(clock("aec71f50f35fe502"),
            system_clock::time_point(std::chrono::nanoseconds(9223372036854775800)));
  EXPECT_EQ(clock("00803ed5deb19d01"), system_clock::time_point());
  EXPECT_EQ(clock("01803ed5deb19d01"), system_clock::time_point(std::chrono::nanoseconds(100)));
}

TEST(Ntlm, MakesNamesValidUtf8) {
  EXPECT_EQ(with_pairs("01000600 00d84100fc00").netbios_computer,
            "\ufffd"
            "A\u00fc");
  EXPECT_EQ(with_pairs("01000400 1b005b00").netbios_computer, "\ufffd[");
}

}  // namespace
}  // namespace rdpwatch::wire
