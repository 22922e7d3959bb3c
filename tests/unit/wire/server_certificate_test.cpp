#include "probes/wire/server_certificate.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"
#include "tests/support/truncation.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;

// Proprietary ones up to the key: version, algorithms, type and length of the blob, "RSA1".
const std::string kProprietary = "01000000 01000000 01000000 0600 1e00 52534131";
const std::string kSignature = "0800 0200 beef";

ServerCertificate decoded_certificate(const std::string& hex) {
  const auto result = decode_server_certificate(from_hex(hex));
  EXPECT_TRUE(result.ok()) << (result.malformed() != nullptr ? result.malformed()->what : "need more");
  return result.ok() ? result.value() : ServerCertificate{};
}

std::string certificate_error(const std::string& hex) {
  const auto result = decode_server_certificate(from_hex(hex));
  EXPECT_NE(result.malformed(), nullptr) << hex;
  if (result.malformed() == nullptr) return "";
  EXPECT_EQ(result.malformed()->error, DecodeError::malformed);
  return result.malformed()->what;
}

// keylen 10 is a modulus of two bytes with its padding.
const std::string kSmall =
    kProprietary + "0a000000 10000000 01000000 01000100 abcd0000000000000000" + kSignature;
const std::string kChain = "02000000 02000000 03000000 308101 02000000 3000" + std::string(32, '0');

TEST(ServerCertificate, DecodesAProprietaryOne) {
  const ServerCertificate small = decoded_certificate(kSmall);
  EXPECT_EQ(small.kind, ServerCertificate::Kind::proprietary);
  EXPECT_EQ(small.key_bits, 16u);
  EXPECT_EQ(small.chain_length, 0u);
}

TEST(ServerCertificate, DecodesAChain) {
  const ServerCertificate chain = decoded_certificate(kChain);
  EXPECT_EQ(chain.kind, ServerCertificate::Kind::x509_chain);
  EXPECT_EQ(chain.key_bits, std::nullopt);
  EXPECT_EQ(chain.chain_length, 2u);
}

TEST(ServerCertificate, IgnoresThatItIsTemporary) {
  EXPECT_EQ(decoded_certificate("02000080 01000000 00000000").chain_length, 1u);
}

TEST(ServerCertificate, SaysWhatIsWrong) {
  EXPECT_EQ(certificate_error("010000"), "server certificate is cut off");
  EXPECT_EQ(certificate_error("00000000"), "server certificate of version 0, neither 1 nor 2");
  EXPECT_EQ(certificate_error("03000080"), "server certificate of version 3, neither 1 nor 2");
  EXPECT_EQ(certificate_error("01000000 01000000 01000000 0600 0400 52534131" + kSignature),
            "server certificate with a public key of 4 bytes, 20 are needed");
  EXPECT_EQ(
      certificate_error("01000000 01000000 01000000 0600 1400 52534132 08000000 00000000 00000000 01000100" +
                        kSignature),
      "server certificate with a public key that does not start with RSA1");
  EXPECT_EQ(certificate_error(kProprietary + "0b000000 10000000 01000000 01000100 abcd0000000000000000" +
                              kSignature),
            "server certificate with a modulus of 11 bytes in a public key of 30");
  EXPECT_EQ(certificate_error(kProprietary + "ffffffff 10000000 01000000 01000100 abcd0000000000000000" +
                              kSignature),
            "server certificate with a modulus of 4294967295 bytes in a public key of 30");
  EXPECT_EQ(certificate_error(kProprietary + "0a000000 11000000 01000000 01000100 abcd0000000000000000" +
                              kSignature),
            "server certificate with a key of 17 bits in 10 bytes");
  EXPECT_EQ(certificate_error(kProprietary + "07000000 00000000 01000000 01000100 abcd0000000000000000" +
                              kSignature),
            "server certificate with a key of 0 bits in 7 bytes");
  EXPECT_EQ(certificate_error("02000000 00000000"),
            "server certificate with a chain of 0, 1 to 200 are allowed");
  EXPECT_EQ(certificate_error("02000000 c9000000"),
            "server certificate with a chain of 201, 1 to 200 are allowed");
  EXPECT_EQ(certificate_error("02000000 02000000 01000000 30 ffffffff 30"),
            "server certificate with a chain of 2 that is cut off");
}

TEST(ServerCertificate, RefusesEveryTruncation) {
  test::for_each_truncation(from_hex(kSmall), [&](std::span<const std::uint8_t> cut) {
    EXPECT_NE(decode_server_certificate(cut).malformed(), nullptr) << cut.size();
  });
  // The padding behind a chain is not missed.
  test::for_each_truncation(from_hex(kChain), [&](std::span<const std::uint8_t> cut) {
    EXPECT_EQ(decode_server_certificate(cut).ok(), cut.size() >= 21) << cut.size();
  });
}

}  // namespace
}  // namespace rdpwatch::wire
