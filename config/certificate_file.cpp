#include "config/certificate_file.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "config/read_file.hpp"

namespace rdpwatch::config {

bool has_certificate(const std::string& path, std::string& why) {
  std::string pem;
  if (!read_file(path, pem, why)) return false;
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      bio ? PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr) : nullptr, X509_free);
  // What OpenSSL queued about a bad file must not be taken for the fault of a later handshake.
  ERR_clear_error();
  if (certificate == nullptr) why = "has no certificate in PEM form";
  return certificate != nullptr;
}

}  // namespace rdpwatch::config
