#pragma once
// Connection: one TCP connection of a probe, with TLS on top once it is started. Every wait has a deadline
// and ends when the coroutine is cancelled; no call throws for what the network does. One coroutine at a
// time.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <span>
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

/// What is set on the socket before connect().
struct SocketSettings {
  std::string source_address;     ///< bound to when it is not empty and of the peer's family
  std::uint16_t max_segment = 0;  ///< TCP_MAXSEG, of what we send and of what we ask the peer for; 0: not set
};

class Connection {
 public:
  explicit Connection(boost::asio::io_context& io);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Opens the socket and connects natively, so that what the kernel refuses at once is told from what the
  /// network answers. A setting that the kernel refuses is our own fault.
  boost::asio::awaitable<IoOutcome> connect(boost::asio::ip::tcp::endpoint endpoint, SocketSettings settings,
                                            handshake::TimePoint deadline);

  /// Writes all of `bytes`, which must outlive the call; once TLS stands within it, up to 16 KiB in one
  /// record.
  boost::asio::awaitable<IoOutcome> send(const handshake::Bytes& bytes, handshake::TimePoint deadline);

  /// Reads what is there, at least one byte and at most `max`, into `bytes`; once TLS stands what it carries.
  /// With `failed`, tls_ended() says whether TLS ended it and not the socket.
  boost::asio::awaitable<IoOutcome> receive(std::size_t max, handshake::Bytes& bytes,
                                            handshake::TimePoint deadline);

  /// Does the TLS handshake. With `failed`, tls()->end() tells whether TLS or the socket ended it. `ended` is
  /// when.
  boost::asio::awaitable<IoOutcome> start_tls(const TlsContexts& contexts, TlsOffer offer,
                                              handshake::TimePoint deadline);
  TlsSession* tls() { return tls_ ? &*tls_ : nullptr; }
  const TlsSession* tls() const { return tls_ ? &*tls_ : nullptr; }
  /// The last operation failed by TLS's own means: an alert, or what the library could not go on with.
  bool tls_ended() const;

  /// `farewell`, close_notify, FIN, then at most 500 ms for the peer's own end, so that nothing unread makes
  /// the kernel send a reset. Gives what TCP_INFO said before closing. Harmless on a closed connection.
  boost::asio::awaitable<std::optional<handshake::TransportFacts>> close(handshake::Bytes farewell);

  /// bytes_received() counts from here.
  void begin_answer() { answer_base_ = consumed_; }
  /// By the kernel, read or not; a FIN is not counted. Once TLS stands: what was read out of it, since
  /// tickets and alerts are no part of an answer.
  std::uint64_t bytes_received(bool peer_closed);

 private:
  boost::asio::awaitable<IoOutcome> wait(boost::asio::ip::tcp::socket::wait_type what,
                                         handshake::TimePoint deadline);
  IoOutcome open(const boost::asio::ip::tcp::endpoint& endpoint, const SocketSettings& settings);
  /// What one call of the TLS session came to; nothing when it is to be called again after a wait.
  std::optional<IoOutcome> tls_outcome(Progress progress, handshake::TimePoint deadline);
  boost::asio::awaitable<IoOutcome> send_in_tls(std::span<const std::uint8_t> bytes,
                                                handshake::TimePoint deadline);
  boost::asio::awaitable<IoOutcome> receive_in_tls(handshake::Bytes& bytes, handshake::TimePoint deadline);
  boost::asio::awaitable<void> drain();

  boost::asio::ip::tcp::socket socket_;
  std::shared_ptr<DeadlineWatch> watch_;
  std::optional<TlsSession> tls_;
  bool in_tls_ = false;         ///< the TLS handshake is done
  std::uint64_t consumed_ = 0;  ///< bytes read by receive()
  std::uint64_t answer_base_ = 0;
  bool established_ = false;
  bool worth_draining_ = false;  ///< the peer is there: it may still send, and will close
};

}  // namespace rdpwatch::transport
