#include "tests/sim/listener.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/strand.hpp>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace rdpwatch::sim {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr int kBacklog = 4096;
// How long a connection to a listener with room in its backlog can take on this machine.
constexpr int kFillWaitMs = 200;
constexpr int kMaxFill = 16;

std::string to_string(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

tcp::endpoint to_endpoint(const Endpoint& endpoint) {
  boost::system::error_code error;
  const asio::ip::address address = asio::ip::make_address(endpoint.address, error);
  if (error) throw std::runtime_error("'" + endpoint.address + "' is no address to listen on");
  return {address, endpoint.port};
}

tcp::acceptor open(asio::io_context& io, const tcp::endpoint& endpoint, bool loopback_only) {
  try {
    tcp::acceptor acceptor(asio::make_strand(io), endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    if (endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(true));
    if (loopback_only &&
        setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof("lo")) != 0) {
      throw std::runtime_error("can't keep port " + std::to_string(endpoint.port()) +
                               " to the loopback interface (SO_BINDTODEVICE lo: " + std::strerror(errno) +
                               "); run rdpsim with CAP_NET_RAW, or on Linux 5.7 or later");
    }
    acceptor.bind(endpoint);
    acceptor.listen(kBacklog);
    return acceptor;
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("can't listen on " + to_string(endpoint) + ": " + error.code().message());
  }
}

/// Whether the connection attempt succeeds within kFillWaitMs.
bool connects(int descriptor, const tcp::endpoint& endpoint) {
  if (connect(descriptor, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) return true;
  if (errno != EINPROGRESS)
    throw std::runtime_error("can't fill the backlog of " + to_string(endpoint) + ": " +
                             std::strerror(errno));
  pollfd wanted{descriptor, POLLOUT, 0};
  return poll(&wanted, 1, kFillWaitMs) == 1;
}

}  // namespace

tcp::acceptor listen_on_loopback(asio::io_context& io, std::uint16_t port) {
  return open(io, tcp::endpoint(tcp::v4(), port), true);
}

tcp::acceptor listen_on(asio::io_context& io, const Endpoint& endpoint) {
  return open(io, to_endpoint(endpoint), false);
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

FullBacklog::FullBacklog(const Endpoint& endpoint) {
  const tcp::endpoint where = to_endpoint(endpoint);
  const auto open_socket = [this, &where] {
    const int number = socket(where.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (number < 0)
      throw std::runtime_error("can't open a socket for " + to_string(where) + ": " + std::strerror(errno));
    return descriptors_.emplace_back(number).get();
  };
  const int listener = open_socket();
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(listener, where.data(), static_cast<socklen_t>(where.size())) != 0 || ::listen(listener, 0) != 0) {
    throw std::runtime_error("can't listen on " + to_string(where) + ": " + std::strerror(errno));
  }
  for (int i = 0; i < kMaxFill; ++i) {
    if (!connects(open_socket(), where)) return;
  }
  throw std::runtime_error("the backlog of " + to_string(where) +
                           " can't be filled: this system answers beyond it");
}

}  // namespace rdpwatch::sim
