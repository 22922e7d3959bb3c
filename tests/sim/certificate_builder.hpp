#pragma once
// Builds one key or one certificate. Throws std::runtime_error with OpenSSL's reason for what it refuses.

#include <string>

#include "tests/sim/certificate.hpp"

namespace rdpwatch::sim {

KeyPtr make_key(const std::string& kind);

/// `issuer` and `issuer_key` null: self-signed. The text fields of `spec` are expanded already.
X509Ptr build_certificate(const CertificateSpec& spec, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key);
X509Ptr build_authority(const AuthoritySpec& spec, EVP_PKEY* key);

/// Writes it as PEM to a new file that takes the old one's place.
void write_pem(X509* certificate, const std::string& file);

/// `what`, with the reason that OpenSSL has for its last error.
[[noreturn]] void throw_openssl(const std::string& what);

}  // namespace rdpwatch::sim
