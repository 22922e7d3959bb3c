#include "config/pem.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace rdpwatch::config {

namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

BioPtr reader_of(const std::string& pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
}

/// OpenSSL would ask for the password on the terminal.
int no_password(char*, int, int, void*) {
  return -1;
}

CertificatePtr next_certificate(BIO* bio) {
  return {PEM_read_bio_X509(bio, nullptr, no_password, nullptr), X509_free};
}

KeyPtr key_in(BIO* bio) {
  return {PEM_read_bio_PrivateKey(bio, nullptr, no_password, nullptr), EVP_PKEY_free};
}

}  // namespace

std::string fault_of_certificates(const std::string& pem) {
  const BioPtr bio = reader_of(pem);
  ERR_clear_error();
  std::size_t count = 0;
  while (bio && next_certificate(bio.get()) != nullptr) ++count;
  // The end of the text looks to OpenSSL like a block that does not begin.
  const unsigned long error = ERR_peek_last_error();
  const bool at_end = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (count == 0) return "has no certificate in PEM form";
  return at_end ? "" : "is broken after certificate " + std::to_string(count);
}

std::string fault_of_key(const std::string& pem) {
  const BioPtr bio = reader_of(pem);
  const KeyPtr key = bio ? key_in(bio.get()) : KeyPtr(nullptr, EVP_PKEY_free);
  ERR_clear_error();
  if (key != nullptr) return "";
  const bool encrypted = pem.find("ENCRYPTED") != std::string::npos;
  return encrypted ? "is protected by a password, allowed: a key without one"
                   : "has no private key in PEM form";
}

bool belong_together(const std::string& certificates, const std::string& key) {
  const BioPtr certificate_bio = reader_of(certificates);
  const BioPtr key_bio = reader_of(key);
  if (!certificate_bio || !key_bio) return false;
  const CertificatePtr certificate = next_certificate(certificate_bio.get());
  const KeyPtr private_key = key_in(key_bio.get());
  const bool match =
      certificate && private_key && X509_check_private_key(certificate.get(), private_key.get());
  ERR_clear_error();
  return match;
}

}  // namespace rdpwatch::config
