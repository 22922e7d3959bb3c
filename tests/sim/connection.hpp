#pragma once
// Connection: one accepted connection, played by its behaviour from accept to close.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <span>

#include "tests/sim/fleet.hpp"
#include "tests/sim/host_book.hpp"
#include "tests/sim/tls_session.hpp"
#include "tests/sim/x224.hpp"

namespace rdpwatch::sim {

/// Runs on its socket's executor, which must be a strand when several threads serve.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, boost::asio::ip::address address,
             std::shared_ptr<HostBook> book, std::shared_ptr<const Fleet> fleet, PreparedHostPtr host);

  /// Plays to the end. Called once; keep the object until it completes.
  boost::asio::awaitable<void> run();
  /// Ends it now; from any thread.
  void abort();
  boost::asio::any_io_executor executor() { return socket_.get_executor(); }

 private:
  using Awaitable = boost::asio::awaitable<void>;
  /// False: the connection is over.
  using AwaitableBool = boost::asio::awaitable<bool>;

  Awaitable converse();
  Awaitable serve_x224();
  boost::asio::awaitable<std::optional<ConnectionRequest>> read_request();
  Awaitable send_answer(const Answer& answer);
  Awaitable serve_tls();
  AwaitableBool tls_handshake(TlsSession& session);
  AwaitableBool send_first_flight(const Bytes& flight);
  Awaitable serve_until_close(TlsSession& session);

  /// Waits and breaks as the behaviour says for this step.
  AwaitableBool pass(Step step, TlsSession* session = nullptr);
  Awaitable break_off(Ending ending);
  Awaitable drain();
  Awaitable wait(Milliseconds time);
  Awaitable write(std::span<const std::uint8_t> bytes);
  boost::asio::awaitable<std::size_t> read_some(std::span<std::uint8_t> buffer);

  void start_deadline(Milliseconds time);
  void give_up(End end);
  void leave(End end);
  void note(const std::function<void(HostStats&)>& change) { book_->note(address_, change); }

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  boost::asio::steady_timer pause_;
  boost::asio::ip::address address_;
  std::shared_ptr<HostBook> book_;
  std::shared_ptr<const Fleet> fleet_;
  PreparedHostPtr host_;
  const PreparedBehaviour* behaviour_ = nullptr;  ///< lives in host_
  bool close_notify_received_ = false;
  bool left_ = false;
};

}  // namespace rdpwatch::sim
