#include "probes/wire/gcc.hpp"

#include <gtest/gtest.h>

#include "probes/wire/mcs.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/truncation.hpp"
#include "tests/unit/wire/mcs_vectors.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;
using Bytes = std::vector<std::uint8_t>;

// What stands in front of the length of the blocks.
const std::string kHead = "000500147c0001 2a 14760a01010001c000 4d63446e";
const std::string kCore = "010c 0800 04000800";
const std::string kSecurity = "020c 0c00 00000000 00000000";

Bytes user_data_of(const char* connect_response) {
  return std::get<ConnectResponse>(decode_mcs_pdu(from_hex(connect_response)).value()).user_data;
}

ServerData decoded_server_data(const Bytes& user_data) {
  const auto result = decode_conference_create_response(user_data);
  EXPECT_TRUE(result.ok()) << (result.malformed() != nullptr ? result.malformed()->what : "need more");
  return result.ok() ? result.value() : ServerData{};
}

// A response with these blocks, whose length is written in two bytes.
Bytes response(const std::string& blocks) {
  Bytes bytes = from_hex(kHead);
  const Bytes body = from_hex(blocks);
  bytes.push_back(static_cast<std::uint8_t>(0x80 | body.size() >> 8));
  bytes.push_back(static_cast<std::uint8_t>(body.size()));
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

std::string server_data_error(const Bytes& user_data) {
  const auto result = decode_conference_create_response(user_data);
  EXPECT_NE(result.malformed(), nullptr);
  if (result.malformed() == nullptr) return "";
  EXPECT_EQ(result.malformed()->error, DecodeError::malformed);
  return result.malformed()->what;
}

TEST(Gcc, EncodesAConferenceCreateRequest) {
  EXPECT_EQ(encode_conference_create_request({.selected_protocol = 1}),
            from_hex("000500147c0001 80fe 000800100001c000 44756361 80f0"  // "Duca", two lengths
                     "01c0 d800 04000800 0004 0003 01ca 03aa 09040000 280a0000"
                     "7200640070007700610074006300680000000000000000000000000000000000"  // "rdpwatch"
                     "04000000 00000000 0c000000"
                     "0000000000000000000000000000000000000000000000000000000000000000"
                     "0000000000000000000000000000000000000000000000000000000000000000"
                     "01ca 0100 00000000 1000 0700 0100"
                     "0000000000000000000000000000000000000000000000000000000000000000"
                     "0000000000000000000000000000000000000000000000000000000000000000"
                     "00 00 01000000"
                     "04c0 0c00 0d000000 00000000"
                     "02c0 0c00 00000000 00000000"));
}

TEST(Gcc, EncodesNameProtocolAndMethods) {
  const auto bytes = encode_conference_create_request(
      {.selected_protocol = 2, .encryption_methods = encryption_method::kAll, .name = "fifteen-letters"});
  const std::span data(bytes);
  ASSERT_EQ(bytes.size(), 263u);
  const auto core = data.subspan(23, 216);
  EXPECT_EQ(Bytes(core.begin() + 24, core.begin() + 56),
            from_hex("6600690066007400650065006e002d006c006500740074006500720073000000"));
  EXPECT_EQ(Bytes(core.begin() + 212, core.end()), from_hex("02000000"));
  EXPECT_EQ(Bytes(bytes.end() - 8, bytes.end()), from_hex("1b000000 00000000"));
  EXPECT_EQ(encode_conference_create_request({.name = "sixteen-letters-"}),
            encode_conference_create_request({.name = "sixteen-letters"}));
}

TEST(Gcc, DecodesTheSpecificationsResponse) {
  const ServerData server = decoded_server_data(user_data_of(vectors::kSpecification));
  EXPECT_EQ(server.core.version, 0x00080004u);
  EXPECT_EQ(server.core.client_requested_protocols, 0u);
  EXPECT_EQ(server.core.early_capability_flags, std::nullopt);
  EXPECT_EQ(server.security.encryption_method, encryption_method::k128Bit);
  EXPECT_EQ(server.security.encryption_level, 2u);
  ASSERT_TRUE(server.security.certificate.has_value());
  EXPECT_EQ(server.security.certificate->kind, ServerCertificate::Kind::proprietary);
  EXPECT_EQ(server.security.certificate->key_bits, 512u);
  ASSERT_TRUE(server.network.has_value());
  EXPECT_EQ(server.network->io_channel, kIoChannel);
  EXPECT_EQ(server.network->channels, (std::vector<std::uint16_t>{1004, 1005, 1006}));
}

TEST(Gcc, DecodesXrdpsResponses) {
  const ServerData tls = decoded_server_data(user_data_of(vectors::kXrdpTls));
  EXPECT_EQ(tls.core.version, 0x00080004u);
  EXPECT_EQ(tls.core.client_requested_protocols, 1u);
  EXPECT_EQ(tls.security.encryption_method, 0u);
  EXPECT_EQ(tls.security.encryption_level, 0u);
  EXPECT_FALSE(tls.security.certificate.has_value());
  EXPECT_EQ(tls.network->io_channel, kIoChannel);
  EXPECT_TRUE(tls.network->channels.empty());

  const ServerData rdp = decoded_server_data(user_data_of(vectors::kXrdpRdp));
  EXPECT_EQ(rdp.core.client_requested_protocols, 0u);
  EXPECT_EQ(rdp.security.encryption_method, encryption_method::k128Bit);
  EXPECT_EQ(rdp.security.encryption_level, 3u);
  EXPECT_EQ(rdp.security.certificate->key_bits, 2048u);
}

TEST(Gcc, DecodesFreeRdpsResponse) {
  const ServerData server = decoded_server_data(user_data_of(vectors::kFreeRdp));
  EXPECT_EQ(server.core.client_requested_protocols, 1u);
  EXPECT_EQ(server.core.early_capability_flags, 0u);
  EXPECT_EQ(server.security.encryption_method, 0u);
}

TEST(Gcc, DecodesBlocksInAnyOrderAndSkipsUnknownOnes) {
  const ServerData server = decoded_server_data(
      response(kSecurity + "040c 0600 ec03" + "080c 0800 03030000" + "ff0c 0400" + kCore));
  EXPECT_EQ(server.core.version, 0x00080004u);
  EXPECT_EQ(server.core.client_requested_protocols, std::nullopt);
  EXPECT_FALSE(server.network.has_value());
  // A later version's SC_CORE, longer than this one knows.
  EXPECT_EQ(
      decoded_server_data(response("010c 1400 12000800 01000000 02000000 ffffffff" + kSecurity)).core.version,
      0x00080012u);
}

TEST(Gcc, DoesNotTrustTheLengthInFrontOfTheResponse) {
  const std::string blocks = "8014" + kCore + kSecurity;
  for (const char* length : {"00", "2a", "ff", "8022", "80ff"}) {
    const std::string head = std::string("000500147c0001") + length + "14760a01010001c0004d63446e";
    EXPECT_EQ(decoded_server_data(from_hex(head + blocks)).core.version, 0x00080004u) << length;
  }
}

TEST(Gcc, IgnoresBytesBehindTheBlocks) {
  Bytes bytes = response(kCore + kSecurity);
  bytes.push_back(0xFF);
  EXPECT_EQ(decoded_server_data(bytes).core.version, 0x00080004u);
}

TEST(Gcc, SaysWhatIsWrong) {
  EXPECT_EQ(server_data_error({}), "GCC response: does not start with the key of T.124");
  EXPECT_EQ(server_data_error(from_hex("000500147c0002 2a")),
            "GCC response: does not start with the key of T.124");
  EXPECT_EQ(server_data_error(from_hex("000500147c0001 2a 14760a01010001c000 44756361 00")),
            "GCC response: without the key McDn");
  EXPECT_EQ(server_data_error(from_hex(kHead + "24")), "GCC response: blocks of 36 bytes, only 0 follow");
  EXPECT_EQ(server_data_error(from_hex(kHead)),
            "GCC response: the length of its blocks is cut off or in fragments");
  EXPECT_EQ(server_data_error(from_hex(kHead + "c0")),
            "GCC response: the length of its blocks is cut off or in fragments");
  EXPECT_EQ(server_data_error(response("")), "GCC response: without SC_CORE");
  EXPECT_EQ(server_data_error(response(kCore)), "GCC response: without SC_SECURITY");
  EXPECT_EQ(server_data_error(response(kSecurity)), "GCC response: without SC_CORE");
  EXPECT_EQ(server_data_error(response(kCore + "020c0c")), "GCC response: ends inside a block's header");
  EXPECT_EQ(server_data_error(response("010c 0300")),
            "GCC response: block 0x0c01 of length 3, 4 to 4 are possible");
  EXPECT_EQ(server_data_error(response("010c 0900 04000800")),
            "GCC response: block 0x0c01 of length 9, 4 to 8 are possible");
  EXPECT_EQ(server_data_error(response("010c 0600 0400")),
            "GCC response: SC_CORE of 6 bytes ends inside a field");
  EXPECT_EQ(server_data_error(response("010c 0a00 04000800 0000")),
            "GCC response: SC_CORE of 10 bytes ends inside a field");
  EXPECT_EQ(server_data_error(response("020c 0800 00000000")),
            "GCC response: SC_SECURITY of 8 bytes ends inside a field");
  EXPECT_EQ(server_data_error(response("030c 0600 eb03")), "GCC response: SC_NET of 6 bytes with 0 channels");
  EXPECT_EQ(server_data_error(response("030c 0a00 eb03 0200 ec03")),
            "GCC response: SC_NET of 10 bytes with 2 channels");
  EXPECT_EQ(server_data_error(response("030c 0800 eb03 2000")),
            "GCC response: SC_NET with 32 channels, at most 31 are allowed");
  std::string blocks = kCore + kSecurity;
  for (int i = 0; i < 30; ++i) blocks += "040c 0400";
  EXPECT_TRUE(decode_conference_create_response(response(blocks)).ok());
  EXPECT_EQ(server_data_error(response(blocks + "040c 0400")), "GCC response: more than 32 blocks");
}

TEST(Gcc, SaysWhatIsWrongWithRandomAndCertificate) {
  EXPECT_EQ(server_data_error(response("020c 1000 02000000 02000000 20000000")),
            "GCC response: SC_SECURITY of 16 bytes ends inside a field");
  EXPECT_EQ(server_data_error(response("020c 1600 02000000 02000000 02000000 ffffffff beef")),
            "GCC response: SC_SECURITY of 22 bytes with a random of 2 and a certificate of 4294967295");
  EXPECT_EQ(server_data_error(response("020c 1800 02000000 02000000 00000000 04000000 03000000")),
            "GCC response: server certificate of version 3, neither 1 nor 2");
  // Neither random nor certificate, though encrypted, is for others to judge.
  EXPECT_FALSE(decoded_server_data(response(kCore + "020c 1400 02000000 02000000 00000000 00000000"))
                   .security.certificate.has_value());
}

// The lengths around each vector tell of every cut; with the length of the blocks mended, those at the end of
// a block are still whole, once the two that must be there are.
TEST(Gcc, SurvivesEveryTruncation) {
  for (const char* hex : {vectors::kSpecification, vectors::kXrdpTls, vectors::kXrdpRdp, vectors::kFreeRdp}) {
    const Bytes whole = user_data_of(hex);
    test::for_each_truncation(whole, [&](std::span<std::uint8_t> cut) {
      const auto result = decode_conference_create_response(cut);
      ASSERT_NE(result.malformed(), nullptr) << cut.size();
      EXPECT_EQ(result.malformed()->error, DecodeError::malformed);
    });
  }
  const Bytes whole = response("020c 0c00 00000000 00000000 010c 0c00 04000800 01000000 030c 0800 eb03 0000");
  test::for_each_truncation(whole, [&](std::span<std::uint8_t> cut) {
    constexpr std::size_t kBlocks = 23;
    if (cut.size() < kBlocks) return;
    cut[kBlocks - 1] = static_cast<std::uint8_t>(cut.size() - kBlocks);
    const auto result = decode_conference_create_response(cut);
    if (cut.size() - kBlocks == 24) {
      EXPECT_TRUE(result.ok());
    } else {
      ASSERT_NE(result.malformed(), nullptr) << cut.size();
    }
  });
}

TEST(Gcc, DescribesVersionsMethodsAndLevels) {
  EXPECT_EQ(describe_rdp_version(0x00080001), "4.0");
  EXPECT_EQ(describe_rdp_version(0x00080004), "5.0 to 8.1");
  EXPECT_EQ(describe_rdp_version(0x00080005), "10.0");
  EXPECT_EQ(describe_rdp_version(0x0008000F), "10.10");
  EXPECT_EQ(describe_rdp_version(0x00080011), "10.12");
  EXPECT_EQ(describe_rdp_version(0x00080012), "0x00080012");
  EXPECT_EQ(describe_encryption_method(0), "none");
  EXPECT_EQ(describe_encryption_method(1), "40-bit RC4");
  EXPECT_EQ(describe_encryption_method(2), "128-bit RC4");
  EXPECT_EQ(describe_encryption_method(8), "56-bit RC4");
  EXPECT_EQ(describe_encryption_method(16), "FIPS");
  EXPECT_EQ(describe_encryption_method(3), "0x3");
  EXPECT_EQ(describe_encryption_level(0), "none");
  EXPECT_EQ(describe_encryption_level(1), "low");
  EXPECT_EQ(describe_encryption_level(2), "client_compatible");
  EXPECT_EQ(describe_encryption_level(3), "high");
  EXPECT_EQ(describe_encryption_level(4), "fips");
  EXPECT_EQ(describe_encryption_level(5), "5");
}

}  // namespace
}  // namespace rdpwatch::wire
