#pragma once
// Connection: one accepted connection, played by its behaviour from accept to close.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <span>

#include "tests/sim/fleet.hpp"
#include "tests/sim/host_book.hpp"
#include "tests/sim/line.hpp"
#include "tests/sim/tls_session.hpp"
#include "tests/sim/x224.hpp"

namespace rdpwatch::sim {

/// Runs on its line's executor.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, boost::asio::ip::address address,
             std::shared_ptr<HostBook> book, std::shared_ptr<const Fleet> fleet, PreparedHostPtr host);

  /// Plays to the end. Called once; keep the object until it completes.
  boost::asio::awaitable<void> run();
  /// Ends it now; from any thread.
  void abort() { line_->abort(); }
  boost::asio::any_io_executor executor() { return line_->executor(); }

 private:
  using Awaitable = boost::asio::awaitable<void>;
  /// False: the connection is over.
  using AwaitableBool = boost::asio::awaitable<bool>;

  Awaitable converse();
  Awaitable serve_x224();
  void note_request(const ConnectionRequest& request);
  boost::asio::awaitable<std::optional<ConnectionRequest>> read_request();
  Awaitable send_answer(const Answer& answer);
  AwaitableBool begins_with_tls();
  AwaitableBool tls_handshake();
  AwaitableBool greet_first_bytes(std::span<const std::uint8_t> bytes);
  AwaitableBool greet_client_hello();
  AwaitableBool send_first_flight(const Bytes& flight);
  /// What follows the negotiation, and TLS unless standard RDP security was selected.
  Awaitable serve_selected(std::uint32_t requested, std::uint32_t selected);

  std::shared_ptr<Line> line_;
  std::shared_ptr<HostBook> book_;
  std::shared_ptr<const Fleet> fleet_;
  PreparedHostPtr host_;
  const PreparedBehaviour* behaviour_ = nullptr;  ///< lives in host_
  std::optional<TlsSession> session_;
};

}  // namespace rdpwatch::sim
