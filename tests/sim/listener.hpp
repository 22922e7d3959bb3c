#pragma once
// The sockets that rdpsim listens on. Each acceptor has a strand of its own for its executor.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

/// Listens on 0.0.0.0:port, but on the loopback interface only: every address of 127.0.0.0/8 is served and
/// nothing can come in from the network. Throws std::runtime_error; without the permission to bind to an
/// interface too.
boost::asio::ip::tcp::acceptor listen_on_loopback(boost::asio::io_context& io, std::uint16_t port);

/// Listens on one address. Throws std::runtime_error.
boost::asio::ip::tcp::acceptor listen_on(boost::asio::io_context& io, const Endpoint& endpoint);

/// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

/// A listener whose backlog is full and which never accepts: a connection attempt gets no answer. Making it
/// takes up to a second.
class FullBacklog {
 public:
  /// Throws std::runtime_error; also if the backlog can't be filled.
  explicit FullBacklog(const Endpoint& endpoint);

 private:
  std::vector<Descriptor> descriptors_;  ///< the listener, then the connections that fill it
};

}  // namespace rdpwatch::sim
