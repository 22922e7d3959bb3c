#include "probes/transport/certificate.hpp"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "probes/transport/certificate_names.hpp"
#include "probes/transport/crypto_library.hpp"
#include "probes/transport/safe_text.hpp"

namespace rdpwatch::transport {
namespace {

using SystemTime = std::chrono::system_clock::time_point;

SystemTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  const auto day = std::chrono::sys_days(std::chrono::year(parts.tm_year + 1900) /
                                         std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)) / 1) +
                   std::chrono::days(parts.tm_mday - 1);
  const std::chrono::sys_seconds second = day + std::chrono::hours(parts.tm_hour) +
                                          std::chrono::minutes(parts.tm_min) +
                                          std::chrono::seconds(parts.tm_sec);
  // system_clock counts nanoseconds and ends in 2262; certificates that end in 9999 are real.
  constexpr auto kFirst = std::chrono::ceil<std::chrono::seconds>(SystemTime::min());
  constexpr auto kLast = std::chrono::floor<std::chrono::seconds>(SystemTime::max());
  return std::clamp(second, std::chrono::sys_seconds(kFirst), std::chrono::sys_seconds(kLast));
}

std::string serial_text(const ASN1_INTEGER* serial) {
  // ASN1_INTEGER holds the magnitude; the sign is in its type.
  const std::uint8_t* bytes = ASN1_STRING_get0_data(serial);
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(serial));
  if (size == 0) return "00";
  const bool negative = (ASN1_STRING_type(serial) & V_ASN1_NEG) != 0;
  return (negative ? "-" : "") + lower_hex({bytes, std::min(size, kMaxSerialBytes)});
}

/// From the algorithm's identifier, so that a key which can't be decoded has a type as well.
std::string key_type(const X509* certificate) {
  ASN1_OBJECT* algorithm = nullptr;
  X509_PUBKEY_get0_param(&algorithm, nullptr, nullptr, nullptr, X509_get_X509_PUBKEY(certificate));
  const int id = OBJ_obj2nid(algorithm);
  switch (id) {
    case NID_rsaEncryption:
    case NID_rsa:
      return "RSA";
    case NID_rsassaPss:
      return "RSA-PSS";
    case NID_X9_62_id_ecPublicKey:
      return "EC";
    case NID_dsa:
    case NID_dsa_2:
      return "DSA";
    case NID_ED25519:
      return "Ed25519";
    case NID_ED448:
      return "Ed448";
  }
  return id == NID_undef ? dotted_oid(algorithm) : OBJ_nid2sn(id);
}

std::string signature_algorithm(const X509* certificate) {
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, certificate);
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  const int id = OBJ_obj2nid(object);
  return id == NID_undef ? dotted_oid(object) : OBJ_nid2ln(id);
}

/// Whether OpenSSL knows the signature's algorithm and has its digest.
bool can_check_signature(X509* certificate) {
  int digest = NID_undef;
  int key = NID_undef;
  if (X509_get0_pubkey(certificate) == nullptr) return false;
  if (OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, &key) != 1) return false;
  if (digest == NID_undef) return true;  // the algorithm brings its own: Ed25519, RSA-PSS
  EVP_MD* fetched = EVP_MD_fetch(crypto_library(), OBJ_nid2sn(digest), nullptr);
  EVP_MD_free(fetched);
  return fetched != nullptr;
}

}  // namespace

std::string fingerprint(const X509* certificate) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  return lower_hex({digest.data(), size});
}

bool is_self_signed(X509* certificate) {
  if (X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) != 0) return false;
  bool self_signed = false;
  if (can_check_signature(certificate)) {
    self_signed = X509_verify(certificate, X509_get0_pubkey(certificate)) == 1;
  } else {
    const ASN1_OCTET_STRING* issuer_key = X509_get0_authority_key_id(certificate);
    const ASN1_OCTET_STRING* own_key = X509_get0_subject_key_id(certificate);
    self_signed =
        issuer_key == nullptr || (own_key != nullptr && ASN1_OCTET_STRING_cmp(issuer_key, own_key) == 0);
  }
  ERR_clear_error();
  return self_signed;
}

handshake::CertificateFacts certificate_facts(X509* certificate) {
  handshake::CertificateFacts facts;
  facts.subject = distinguished_name(X509_get_subject_name(certificate));
  facts.issuer = distinguished_name(X509_get_issuer_name(certificate));
  facts.subject_cn = common_name(X509_get_subject_name(certificate));
  facts.issuer_cn = common_name(X509_get_issuer_name(certificate));
  facts.sans = subject_alternative_names(certificate);
  facts.serial = serial_text(X509_get0_serialNumber(certificate));
  facts.sha256 = fingerprint(certificate);
  facts.not_before = time_of(X509_get0_notBefore(certificate));
  facts.not_after = time_of(X509_get0_notAfter(certificate));
  facts.key_type = key_type(certificate);
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  facts.key_bits = key == nullptr ? 0 : std::max(EVP_PKEY_get_bits(key), 0);
  facts.signature_algorithm = signature_algorithm(certificate);
  facts.self_signed = is_self_signed(certificate);
  ERR_clear_error();
  return facts;
}

}  // namespace rdpwatch::transport
