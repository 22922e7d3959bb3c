#pragma once
// Line: the bytes of one accepted connection, in clear or, once TLS stands, within it; and the ways in which
// a host waits, breaks and ends. What is said over it is the business of the conversations.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "tests/sim/host_book.hpp"
#include "tests/sim/scenario.hpp"
#include "tests/sim/tls_session.hpp"

namespace rdpwatch::sim {

/// What the client said so far, as far as a device on the way would look for it.
struct Heard {
  bool cookie = false;
  bool hybrid = false;
  bool server_name = false;
};

/// Runs on its socket's executor, which must be a strand when several threads serve. Every coroutine throws
/// boost::system::system_error once the client has ended the connection or it was given up.
class Line : public std::enable_shared_from_this<Line> {
 public:
  using Awaitable = boost::asio::awaitable<void>;
  /// False: the connection is over.
  using AwaitableBool = boost::asio::awaitable<bool>;

  Line(boost::asio::ip::tcp::socket socket, boost::asio::ip::address address, std::shared_ptr<HostBook> book);

  boost::asio::any_io_executor executor() { return socket_.get_executor(); }
  int descriptor() { return socket_.native_handle(); }
  const boost::asio::ip::address& address() const { return address_; }
  void note(const std::function<void(HostStats&)>& change) { book_->note(address_, change); }
  /// The latencies and the fault of this behaviour count from now on; it must outlive the line's coroutines.
  void play(const Behaviour& behaviour) { behaviour_ = &behaviour; }
  Heard& heard() { return heard_; }
  /// The fault that this client meets at this step; null: none.
  const Fault* fault_at(Step step) const;
  /// From now on `send` and `read` are within this session, whose handshake is complete.
  void enter_tls(TlsSession* session) { tls_ = session; }

  /// Waits and breaks as the behaviour says for this step.
  AwaitableBool pass(Step step);
  /// Sends within TLS if that stands.
  Awaitable send(Bytes bytes);
  /// What came next, at least one byte, from within TLS if that stands. A client's close_notify is answered
  /// here.
  boost::asio::awaitable<Bytes> read();
  /// Reads and discards until the client ends the connection.
  Awaitable drain();
  /// Ends our half (FIN) or the whole of the connection (RST), or neither, and drains what is left of it.
  Awaitable break_off(Ending ending);
  /// The same without draining; afterwards the client has a few seconds to end its half.
  void end_half(Ending ending);
  /// Ends our half in order: close_notify if TLS stands, then FIN.
  Awaitable end_in_order();
  Awaitable wait(Milliseconds time);

  /// The bytes of the socket, whatever TLS says.
  Awaitable write_raw(std::span<const std::uint8_t> bytes);
  boost::asio::awaitable<std::size_t> read_raw(std::span<std::uint8_t> buffer);
  boost::asio::ip::tcp::socket& socket() { return socket_; }

  void start_deadline(Milliseconds time);
  /// Ends it now; from any thread.
  void abort();
  /// Closes and counts the end; the first call decides.
  void leave(End end);
  bool close_notify_received() const { return close_notify_received_; }
  void note_tls_failure(const TlsSession& session);
  void note_session_error(const std::string& what);

 private:
  Awaitable answer_close_notify();
  void give_up(End end);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  boost::asio::steady_timer pause_;
  boost::asio::ip::address address_;
  std::shared_ptr<HostBook> book_;
  const Behaviour* behaviour_ = nullptr;
  TlsSession* tls_ = nullptr;
  Heard heard_;
  bool close_notify_received_ = false;
  bool mute_ = false;  ///< the host has said its last word
  bool tls_failed_ = false;
  bool left_ = false;
};

}  // namespace rdpwatch::sim
