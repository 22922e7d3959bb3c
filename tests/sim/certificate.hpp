#pragma once
// Keys and certificates, made with OpenSSL in this process and shared between all hosts that ask for the
// same.

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <boost/asio/ip/address.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

template <auto Free>
struct OpensslDeleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslDeleter<&EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, OpensslDeleter<&X509_free>>;

struct Credentials {
  std::shared_ptr<EVP_PKEY> key;
  X509Ptr certificate;
  std::shared_ptr<X509> chain;  ///< the authority's certificate, if it is to be sent
};

/// The text with {address} and {host} replaced, see CertificateSpec.
std::string expand(const std::string& text, const std::string& address);
/// Whether every address has a certificate of its own.
bool is_templated(const CertificateSpec& spec);
/// What is wrong with the kind of key or the digest; empty if nothing.
std::string complaint_about_key(const std::string& key);
std::string complaint_about_digest(const std::string& digest);

/// Makes each certificate once, with keys that the whole process shares. Thread-safe. Throws
/// std::runtime_error for what OpenSSL refuses to make.
class CertificateStore {
 public:
  /// The certificate of that authority; makes it, and writes its file, at the first call. An authority whose
  /// spec has changed since is made anew.
  std::shared_ptr<X509> authority(const std::string& name, const AuthoritySpec& spec);
  /// `authorities` must hold spec.issuer.
  std::shared_ptr<const Credentials> get(const CertificateSpec& spec,
                                         const std::map<std::string, AuthoritySpec>& authorities,
                                         const std::string& address);

 private:
  struct Authority {
    AuthoritySpec spec;
    std::shared_ptr<EVP_PKEY> key;
    std::shared_ptr<X509> certificate;
    std::uint64_t generation =
        0;  ///< told apart from the one before it, so that nothing signed by that is used
  };
  const Authority& find_authority(const std::string& name, const AuthoritySpec& spec);

  std::mutex mutex_;
  std::map<std::string, Authority> authorities_;
  std::uint64_t generation_ = 0;
  std::map<std::string, std::shared_ptr<const Credentials>> certificates_;  ///< by all that goes into one
};

}  // namespace rdpwatch::sim
