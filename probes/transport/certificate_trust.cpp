#include "probes/transport/certificate_trust.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "probes/transport/openssl_ptr.hpp"
#include "probes/transport/crypto_library.hpp"

namespace rdpwatch::transport {
namespace {

constexpr std::int64_t kMaxFileSize = std::int64_t{16} * 1024 * 1024;
/// Paths remembered; reloads may bring new ones for as long as the daemon runs.
constexpr std::size_t kMaxEntries = 64;

TrustStore failure(const std::string& ca_file, const std::string& why) {
  return {nullptr, "ca_file " + ca_file + ": " + why};
}

std::string errno_text(int error) {
  char buffer[128];
  return strerror_r(error, buffer, sizeof buffer);
}

/// Empty when the file may be read.
std::string objection(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return "not a regular file";
  if (status.st_size > kMaxFileSize) return "larger than 16 MiB";
  return {};
}

}  // namespace

TrustStore load_trust_store(const std::string& ca_file) {
  struct stat status {};
  if (::stat(ca_file.c_str(), &status) != 0) return failure(ca_file, errno_text(errno));
  if (const std::string why = objection(status); !why.empty()) return failure(ca_file, why);
  const BioPtr file(BIO_new_file(ca_file.c_str(), "r"));
  if (file == nullptr) {
    const int error = errno;
    ERR_clear_error();
    return failure(ca_file, errno_text(error));
  }
  X509StorePtr store(X509_STORE_new());
  if (store == nullptr) throw std::bad_alloc();
  // An administrator who lists an issuing authority, or one host's certificate, means to trust exactly that.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  for (int count = 1;; ++count) {
    X509* certificate = X509_new_ex(crypto_library(), nullptr);
    if (PEM_read_bio_X509(file.get(), &certificate, nullptr, nullptr) == nullptr) {
      X509_free(certificate);
      const unsigned long error = ERR_peek_last_error();
      const char* reason = ERR_reason_error_string(error);
      const bool at_end = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
      ERR_clear_error();
      if (!at_end) {
        return failure(ca_file, "certificate " + std::to_string(count) + " can't be read (" +
                                    (reason == nullptr ? "unknown reason" : reason) + ")");
      }
      if (count == 1) return failure(ca_file, "no PEM certificate in it");
      break;
    }
    const X509Ptr owned(certificate);
    if (X509_STORE_add_cert(store.get(), certificate) != 1) throw std::bad_alloc();
  }
  return {std::shared_ptr<X509_STORE>(std::move(store)), {}};
}

TrustStore TrustStores::get(const std::string& ca_file) {
  struct stat status {};
  if (::stat(ca_file.c_str(), &status) != 0) return failure(ca_file, errno_text(errno));
  const Version version{status.st_dev, status.st_ino, status.st_size,
                        status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec};
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(ca_file);
  if (found != entries_.end() && found->second.version == version) return found->second.loaded;
  TrustStore loaded = load_trust_store(ca_file);
  // A failure is not remembered: descriptors come back and permissions change without the file changing.
  if (loaded.store == nullptr) {
    entries_.erase(ca_file);
    return loaded;
  }
  if (found == entries_.end() && entries_.size() >= kMaxEntries) entries_.clear();
  entries_[ca_file] = {version, loaded};
  return loaded;
}

}  // namespace rdpwatch::transport
