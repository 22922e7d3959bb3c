#pragma once
// Loopback hosts that end a probe in a known way.

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace rdpwatch::cli {

using Tcp = boost::asio::ip::tcp;

/// A port that nothing listens on: it stays bound for the object's life, so nobody else can take it.
class ClosedPort {
 public:
  explicit ClosedPort(const std::string& address = "127.0.0.1") : socket_(io_) {
    const Tcp::endpoint any(boost::asio::ip::make_address(address), 0);
    socket_.open(any.protocol());
    socket_.bind(any);
  }
  std::string target() const {
    const auto endpoint = socket_.local_endpoint();
    return endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
  }

 private:
  boost::asio::io_context io_;
  Tcp::socket socket_;
};

/// Accepts connections; each is given to `behaviour`, and kept open until the object goes unless that closes
/// it.
class Host {
 public:
  explicit Host(std::function<void(Tcp::socket&)> behaviour)
      : behaviour_(std::move(behaviour)), acceptor_(io_, {boost::asio::ip::make_address("127.0.0.1"), 0}) {
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Host() {
    io_.stop();
    thread_.join();
  }
  std::string target() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }

 private:
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, Tcp::socket socket) {
      if (error) return;
      connections_.push_back(std::move(socket));
      behaviour_(connections_.back());
      accept();
    });
  }

  std::function<void(Tcp::socket&)> behaviour_;
  boost::asio::io_context io_;
  Tcp::acceptor acceptor_;
  std::vector<Tcp::socket> connections_;
  std::thread thread_;
};

/// Reads the Connection Request, then closes without a word.
inline void close_after_request(Tcp::socket& socket) {
  std::array<char, 256> request{};
  boost::system::error_code ignored;
  socket.read_some(boost::asio::buffer(request), ignored);
  socket.shutdown(Tcp::socket::shutdown_both, ignored);
  socket.close(ignored);
}

}  // namespace rdpwatch::cli
