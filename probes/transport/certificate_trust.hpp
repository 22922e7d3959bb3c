#pragma once
// TrustStores: the certificate authorities of modules' ca_files, read once for as long as a file does not
// change.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <openssl/x509.h>

namespace rdpwatch::transport {

/// Exactly one of the two is set.
struct TrustStore {
  std::shared_ptr<X509_STORE> store;  ///< never changed after loading: usable by any thread
  std::string error;                  ///< why there is none, naming the file
};

/// Reads a PEM file of at most 16 MiB with one certificate or more. Every certificate in it is trusted, an
/// intermediate authority or a host's own as well. Throws std::bad_alloc only.
TrustStore load_trust_store(const std::string& ca_file);

/// Thread-safe.
class TrustStores {
 public:
  /// The file's store; reads it when it is new here or its inode, size or modification time changed. That
  /// blocks for some milliseconds, so the daemon asks once when a configuration is loaded.
  TrustStore get(const std::string& ca_file);

 private:
  struct Version {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_nanoseconds = 0;
    bool operator==(const Version&) const = default;
  };
  struct Entry {
    Version version;
    TrustStore loaded;
  };

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace rdpwatch::transport
