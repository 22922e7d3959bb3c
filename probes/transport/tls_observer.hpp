#pragma once
// What a TLS handshake shows while it runs, kept apart from OpenSSL's session so that it survives a handshake
// that fails: the server's certificate, the messages sent and received.

#include <string_view>
#include <vector>

#include "probes/handshake/probe_plan.hpp"
#include "probes/transport/openssl_ptr.hpp"

namespace rdpwatch::transport {

/// Certificates kept of the list that the server sent; the leaf is the first.
inline constexpr int kMaxChainLength = 16;

/// Of one session; one thread at a time.
struct TlsObservation {
  std::vector<X509Ptr> chain;  ///< as sent, the leaf first, at most kMaxChainLength; empty: none seen
  std::string_view last_sent;  ///< name of the last handshake message that we wrote; empty: none
  handshake::TimePoint last_sent_at{};
  bool saw_server_hello = false;
};

/// Makes the sessions of this context report to the TlsObservation attached to each, and accept any
/// certificate: judging it is not the handshake's business.
void observe_handshakes(SSL_CTX* context);

/// `observation` must live as long as `ssl`.
void attach(SSL* ssl, TlsObservation& observation);

}  // namespace rdpwatch::transport
