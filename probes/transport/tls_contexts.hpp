#pragma once
// TlsContexts: OpenSSL set up once for the two TLS profiles, the same on every machine: nothing of it comes
// from the system's openssl.cnf or from OPENSSL_CONF.

#include <set>

#include "probes/handshake/probe_plan.hpp"
#include "probes/transport/openssl_ptr.hpp"

namespace rdpwatch::transport {

/// Immutable after construction; any number of threads may make TlsSessions from one instance. It must
/// outlive them.
class TlsContexts {
 public:
  /// Throws std::runtime_error when OpenSSL can't be set up (a broken installation).
  TlsContexts();

  SSL_CTX* get(handshake::TlsProfile profile) const;

  /// Whether the modern profile's ClientHello has this cipher.
  bool modern_offers(const SSL_CIPHER& cipher) const;

 private:
  SslCtxPtr modern_;
  SslCtxPtr legacy_;
  std::set<std::uint32_t> modern_ciphers_;
};

}  // namespace rdpwatch::transport
