#pragma once
// Certificates and keys in PEM form: whether they can be used. Nothing of OpenSSL is left behind in the
// thread's queue of errors.

#include <string>

namespace rdpwatch::config {

/// Empty when `pem` has at least one certificate and no broken one, else what is wrong: "has no certificate
/// in PEM form".
std::string fault_of_certificates(const std::string& pem);

/// Empty when `pem` is a private key without a password.
std::string fault_of_key(const std::string& pem);

/// Whether the key belongs to the first certificate; both are without fault.
bool belong_together(const std::string& certificates, const std::string& key);

}  // namespace rdpwatch::config
