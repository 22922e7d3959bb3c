#pragma once
// TlsSession: a TLS client on a non-blocking socket that never waits: each call does what it can and says
// what it waits for. It judges no certificate; it keeps what the server sent, also when the handshake fails
// later. One thread at a time. Throws std::bad_alloc only.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "probes/handshake/probe_result.hpp"
#include "probes/transport/tls_contexts.hpp"
#include "probes/transport/tls_observer.hpp"
#include "probes/transport/tls_socket.hpp"

namespace rdpwatch::transport {

enum class Progress : std::uint8_t {
  done,
  want_read,   ///< call again with the same arguments when the socket is readable
  want_write,  ///< ... when it is writable
  failed       ///< end() says how; every later call fails as well
};

enum class TlsEndKind : std::uint8_t {
  alert,           ///< the server ended TLS with an alert
  not_spoken,      ///< the answer to the ClientHello is not TLS
  protocol_error,  ///< the library could not go on with what the server sent
  io               ///< the socket's end
};

/// How a session ended.
struct TlsEnd {
  TlsEndKind kind = TlsEndKind::io;
  std::optional<std::uint8_t> alert;  ///< with `alert`: its number
  int error = 0;                      ///< with `io`: errno; 0 when the server closed the connection
  std::string detail;  ///< for people: "received alert handshake_failure (40)", "wrong version number" ...
};

/// What the ClientHello offers.
struct TlsOffer {
  handshake::TlsProfile profile = handshake::TlsProfile::modern;
  /// A host name (a trailing dot is left off), never an address; empty, or longer than the 255 bytes TLS
  /// allows: none is sent.
  std::string sni;
  std::optional<handshake::TlsVersion> only_version;  ///< this one alone, whatever the profile offers
};

class TlsSession {
 public:
  /// `fd` is connected, non-blocking and stays the caller's. `contexts` must outlive the session.
  TlsSession(const TlsContexts& contexts, TlsOffer offer, int fd);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  Progress handshake();

  /// `buffer` must not be empty. When done, `received` is at least 1. The server's close_notify is an `io`
  /// end with error 0, as a closed connection is.
  Progress read(std::span<std::uint8_t> buffer, std::size_t& received);

  /// `bytes` must not be empty. When done, the first `written` of them are on their way; up to 16 KiB go into
  /// one TLS record.
  Progress write(std::span<const std::uint8_t> bytes, std::size_t& written);

  /// Sends close_notify and does not wait for the server's. Done at once when there is nothing to close:
  /// before the handshake's end and after a failure.
  Progress shutdown();

  bool failed() const { return failed_; }
  /// Valid once a call returned Progress::failed.
  const TlsEnd& end() const { return end_; }

  /// Nothing before the handshake is done; ask then, for a session that failed later may have forgotten.
  std::optional<handshake::TlsFacts> facts() const;

  /// As the server sent them, the leaf first; empty when it sent none (yet). They live as long as the
  /// session.
  std::span<const X509Ptr> chain() const { return observation_.chain; }
  X509* leaf() const { return observation_.chain.empty() ? nullptr : observation_.chain.front().get(); }

  /// TLS name of the last handshake message that we wrote ("ClientHello", "Finished"); empty: none.
  std::string_view last_sent() const { return observation_.last_sent; }
  handshake::TimePoint last_sent_at() const { return observation_.last_sent_at; }
  bool saw_server_hello() const { return observation_.saw_server_hello; }

 private:
  /// What OpenSSL's return value means; fills end_ when it means the end.
  Progress conclude(int result);
  Progress fail(int ssl_error);
  std::string group() const;
  std::optional<std::uint32_t> hello_time(handshake::TlsVersion version) const;
  bool needs_legacy(handshake::TlsVersion version) const;

  const TlsContexts& contexts_;
  handshake::TlsProfile profile_;
  TlsObservation observation_;
  TlsSocket socket_;
  SslPtr ssl_;  ///< last: it uses what stands above until it is gone
  TlsEnd end_;
  bool failed_ = false;
};

}  // namespace rdpwatch::transport
