#pragma once
// Certificates and keys for tests, made in the process, however odd.

#include <string>
#include <utility>
#include <vector>

#include "probes/transport/openssl_ptr.hpp"

namespace rdpwatch::test {

/// "RSA 2048", "EC P-256", "DSA 1024", "ED25519". The same key for the same kind, made once; owned by this
/// file.
EVP_PKEY* test_key(const std::string& kind);

struct NameEntry {
  std::string field;  ///< "CN", "O" ...
  std::string value;  ///< bytes of the string
  int string_type = V_ASN1_UTF8STRING;
};

struct CertificateSpec {
  std::vector<NameEntry> subject = {{"CN", "ts09", V_ASN1_UTF8STRING}};
  std::string key = "RSA 2048";
  std::string digest = "SHA256";  ///< empty for a key that brings its own
  std::string serial = "6A0F";    ///< hex, "-" in front of a negative one
  std::string not_before = "260101000000Z";
  std::string not_after = "260703000000Z";
  /// OpenSSL's configuration names and values: {"subjectAltName", "DNS:a"}.
  std::vector<std::pair<std::string, std::string>> extensions;
  /// Object identifier and DER of extensions that those names can't say.
  std::vector<std::pair<std::string, std::string>> raw_extensions;
  X509* issuer = nullptr;  ///< null: issued by itself
  std::string issuer_key;  ///< kind of the issuer's key
};

/// Signed, and decoded anew from its DER, as a certificate that came over the network. Aborts when it can't
/// be made.
transport::X509Ptr make_certificate(const CertificateSpec& spec);

std::string der_of(X509* certificate);
transport::X509Ptr certificate_from_der(const std::string& der);
std::string pem_of(X509* certificate);

/// The certificate with the first occurrence of `from` in its DER replaced by `to`, which is as long. Not
/// signed anew.
transport::X509Ptr patched(X509* certificate, const std::string& from, const std::string& to);

}  // namespace rdpwatch::test
