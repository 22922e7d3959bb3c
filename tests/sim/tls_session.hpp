#pragma once
// The server's side of TLS without a socket: bytes in, bytes out, and a pause at the ClientHello. The caller
// decides what of the output reaches the client, and when.

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/sim/certificate.hpp"
#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

using SslContextPtr = std::shared_ptr<SSL_CTX>;

/// Settings that all hosts with this spec share; its certificate is set on each session. Independent of the
/// system's OpenSSL configuration. Throws std::runtime_error for ciphers or groups that OpenSSL does not
/// know.
SslContextPtr make_tls_context(const TlsSpec& spec);

/// As it stands on the wire: 0x0303 for TLS 1.2.
int number(TlsVersion version);

struct ClientHello {
  std::string server_name;  ///< SNI; empty: none
  std::string max_version;  ///< the highest version that the client offers: "TLSv1.3"
  int max_number = 0;       ///< the same as it stands on the wire: 0x0304
  std::vector<int> listed;  ///< every version that it names; empty: only the highest one is told

  /// Whether it may be served with one of these. A client that names only its highest version takes what is
  /// below it.
  bool offers(TlsVersion min, TlsVersion max) const;
};

enum class TlsProgress { want_bytes, client_hello, established, failed };
enum class TlsInput { data, want_bytes, close_notify, failed };

/// One connection; used by one thread at a time.
class TlsSession {
 public:
  /// `credentials` may be null for anonymous ciphers. `context` must outlive the session.
  TlsSession(SSL_CTX* context, const Credentials* credentials);

  void feed(std::span<const std::uint8_t> bytes);
  /// Goes on with the handshake. Says client_hello once, before anything is answered to it.
  TlsProgress handshake();
  const ClientHello& client_hello() const { return hello_; }
  /// Appends the application data of one record, or the rest of one, to `data`. want_bytes: there is none.
  TlsInput read(Bytes& data);
  void write(std::span<const std::uint8_t> bytes);
  void send_close_notify();
  /// What is to be sent to the client now, possibly nothing.
  Bytes take_output();
  /// OpenSSL's reason for `failed`.
  const std::string& error() const { return error_; }

 private:
  static int on_client_hello(SSL* ssl, int* alert, void* arg);
  friend SslContextPtr make_tls_context(const TlsSpec& spec);
  void remember_error();

  std::unique_ptr<SSL, OpensslDeleter<&SSL_free>> ssl_;
  BIO* in_ = nullptr;   ///< owned by ssl_
  BIO* out_ = nullptr;  ///< owned by ssl_
  bool paused_ = false;
  ClientHello hello_;
  std::string error_;
};

}  // namespace rdpwatch::sim
