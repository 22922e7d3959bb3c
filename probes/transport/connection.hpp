#pragma once
// Connection: one TCP connection of a probe, with TLS on top once it is started. Every wait has a deadline
// and ends when the coroutine is cancelled; no call throws for what the network does. One coroutine at a
// time.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>

#include "probes/handshake/step.hpp"
#include "probes/transport/deadline_watch.hpp"
#include "probes/transport/tls_session.hpp"

namespace rdpwatch::transport {

/// How an operation ended. `reason` is meaningful with `failed`.
struct IoOutcome {
  enum class Kind : std::uint8_t { ok, failed, deadline, cancelled } kind = Kind::ok;
  handshake::FailureReason reason = handshake::FailureReason::internal_error;
  int error = 0;       ///< errno; 0 for an orderly close
  std::string detail;  ///< for our own faults
};

class Connection {
 public:
  explicit Connection(boost::asio::io_context& io);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Opens the socket and connects natively, so that what the kernel refuses at once is told from what the
  /// network answers. `source_address` is bound to when it is not empty and of the same family.
  boost::asio::awaitable<IoOutcome> connect(boost::asio::ip::tcp::endpoint endpoint,
                                            std::string source_address, handshake::TimePoint deadline);

  /// Writes all of `bytes`, which must outlive the call.
  boost::asio::awaitable<IoOutcome> send(const handshake::Bytes& bytes, handshake::TimePoint deadline);

  /// Reads what is there, at least one byte and at most `max`, into `bytes`.
  boost::asio::awaitable<IoOutcome> receive(std::size_t max, handshake::Bytes& bytes,
                                            handshake::TimePoint deadline);

  /// Does the TLS handshake. With `failed`, tls()->end() tells whether TLS or the socket ended it. `ended` is
  /// when.
  boost::asio::awaitable<IoOutcome> start_tls(const TlsContexts& contexts, handshake::TlsProfile profile,
                                              std::string sni, handshake::TimePoint deadline);
  TlsSession* tls() { return tls_ ? &*tls_ : nullptr; }

  /// close_notify, FIN, then at most 500 ms for the peer's own end, so that nothing unread makes the kernel
  /// send a reset. Gives what TCP_INFO said before closing. Harmless on a closed connection.
  boost::asio::awaitable<std::optional<handshake::TransportFacts>> close();

  /// A phase begins: bytes_received_in_phase() counts from here.
  void begin_phase() { phase_base_ = consumed_; }
  /// By the kernel, read or not; a FIN is not counted.
  std::uint64_t bytes_received_in_phase(bool peer_closed);

 private:
  boost::asio::awaitable<IoOutcome> wait(boost::asio::ip::tcp::socket::wait_type what,
                                         handshake::TimePoint deadline);
  IoOutcome open(const boost::asio::ip::tcp::endpoint& endpoint, const std::string& source_address);
  boost::asio::awaitable<void> drain();

  boost::asio::ip::tcp::socket socket_;
  std::shared_ptr<DeadlineWatch> watch_;
  std::optional<TlsSession> tls_;
  std::uint64_t consumed_ = 0;  ///< bytes read by receive()
  std::uint64_t phase_base_ = 0;
  bool established_ = false;
  bool worth_draining_ = false;  ///< the peer is there: it may still send, and will close
};

}  // namespace rdpwatch::transport
