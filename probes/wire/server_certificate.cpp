#include "probes/wire/server_certificate.hpp"

#include <string>
#include <utility>

#include "probes/wire/byte_reader.hpp"

namespace rdpwatch::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint32_t kVersionMask =
    0x7FFFFFFF;                               // MS-RDPBCGR 2.2.1.4.3.1, dwVersion: the top bit says temporary
constexpr std::uint32_t kProprietary = 1;     // CERT_CHAIN_VERSION_1
constexpr std::uint32_t kX509Chain = 2;       // CERT_CHAIN_VERSION_2
constexpr std::uint32_t kRsa1 = 0x31415352;   // "RSA1", MS-RDPBCGR 2.2.1.4.3.1.1.1
constexpr std::uint32_t kModulusPadding = 8;  // zeros behind the modulus, ibid., keylen
constexpr std::uint32_t kMaxChainLength = 200;  // MS-RDPELE 2.2.1.4.2, NumCertBlobs

Malformed malformed(std::string what) {
  return {DecodeError::malformed, "server certificate " + std::move(what)};
}

// RSA_PUBLIC_KEY (MS-RDPBCGR 2.2.1.4.3.1.1.1); what is wrong goes to `error`.
std::uint32_t read_key_bits(Bytes blob, std::string& error) {
  ByteReader reader(blob);
  const std::uint32_t magic = reader.u32le();
  const std::uint32_t key_length = reader.u32le();
  const std::uint32_t key_bits = reader.u32le();
  reader.take(8);  // datalen, pubExp
  const bool has_header = !reader.failed();
  reader.take(key_length);
  if (!has_header) {
    error = "with a public key of " + std::to_string(blob.size()) + " bytes, 20 are needed";
  } else if (magic != kRsa1) {
    error = "with a public key that does not start with RSA1";
  } else if (reader.failed()) {
    error = "with a modulus of " + std::to_string(key_length) + " bytes in a public key of " +
            std::to_string(blob.size());
  } else if (key_length < kModulusPadding || key_bits > (key_length - kModulusPadding) * 8) {
    error = "with a key of " + std::to_string(key_bits) + " bits in " + std::to_string(key_length) + " bytes";
  }
  return key_bits;
}

DecodeResult<ServerCertificate> decode_proprietary(ByteReader reader) {
  reader.take(8);  // dwSigAlgId, dwKeyAlgId: RSA is the only one of either
  reader.take(2);  // wPublicKeyBlobType
  const Bytes key = reader.take(reader.u16le());
  reader.take(2);  // wSignatureBlobType
  reader.take(reader.u16le());
  if (reader.failed()) return malformed("is cut off");
  ServerCertificate certificate;
  std::string error;
  certificate.key_bits = read_key_bits(key, error);
  if (!error.empty()) return malformed(std::move(error));
  return certificate;
}

// X509 Certificate Chain (MS-RDPELE 2.2.1.4.2). The padding behind it is of no use, so it is not asked for.
DecodeResult<ServerCertificate> decode_chain(ByteReader reader) {
  const std::uint32_t count = reader.u32le();
  if (reader.failed()) return malformed("is cut off");
  if (count == 0 || count > kMaxChainLength) {
    return malformed("with a chain of " + std::to_string(count) + ", 1 to 200 are allowed");
  }
  for (std::uint32_t i = 0; i < count; ++i) reader.take(reader.u32le());
  if (reader.failed()) return malformed("with a chain of " + std::to_string(count) + " that is cut off");
  return ServerCertificate{ServerCertificate::Kind::x509_chain, std::nullopt, count};
}

}  // namespace

DecodeResult<ServerCertificate> decode_server_certificate(Bytes bytes) {
  ByteReader reader(bytes);
  const std::uint32_t version = reader.u32le() & kVersionMask;
  if (reader.failed()) return malformed("is cut off");
  if (version == kProprietary) return decode_proprietary(reader);
  if (version == kX509Chain) return decode_chain(reader);
  return malformed("of version " + std::to_string(version) + ", neither 1 nor 2");
}

}  // namespace rdpwatch::wire
