#pragma once
// A server on loopback and a client that writes bytes as they are: for what well-behaved clients never send.

#include <gtest/gtest.h>
#include <sys/time.h>
#include <zlib.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "daemon/http/server.hpp"

namespace rdpwatch::http::test {

using boost::asio::ip::tcp;

/// Runs a server on a thread of its own until the test ends.
class Running {
 public:
  explicit Running(Router router, ServerLimits limits = {}) : server_(io_, std::move(router), limits) {
    server_.listen({"127.0.0.1:0"});
    endpoint = server_.endpoints().front();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Running() {
    server_.stop();
    thread_.join();  // run() returns because the server leaves nothing to do
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  tcp::endpoint endpoint;

 private:
  boost::asio::io_context io_;
  Server server_;
  std::thread thread_;
};

struct Answer {
  int status = 0;
  std::string header;  ///< status line and fields, with CRLFs
  std::string body;    ///< without the chunked coding

  bool has(const std::string& line) const { return header.find(line + "\r\n") != std::string::npos; }
};

class Client {
 public:
  /// `from`: a loopback address of its own, so that the server sees another peer.
  explicit Client(const tcp::endpoint& endpoint, const std::string& from = "") : socket_(io_) {
    if (!from.empty()) {
      socket_.open(tcp::v4());
      socket_.bind({boost::asio::ip::make_address(from), 0});
    }
    socket_.connect(endpoint);
    timeval bound{10, 0};  // a test that waits for what never comes fails instead of hanging
    setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  }

  void send(const std::string& bytes) {
    boost::system::error_code ignored;  // the server may have closed; what it said is read afterwards
    boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
  }

  /// GET with a Host header and `fields` (each with its CRLF).
  Answer get(const std::string& path, const std::string& fields = "") {
    send("GET " + path + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n");
    return read();
  }

  /// The next answer; to a HEAD it has no body whatever its header says.
  Answer read(bool head = false) {
    Answer answer;
    answer.header = until("\r\n\r\n");
    if (answer.header.size() > 12) answer.status = std::stoi(answer.header.substr(9, 3));
    if (head) return answer;
    const auto length = answer.header.find("Content-Length: ");
    if (answer.has("Transfer-Encoding: chunked")) {
      while (true) {
        const auto size = std::stoul("0" + until("\r\n"), nullptr, 16);
        answer.body += exactly(size);
        exactly(2);
        if (size == 0) break;
      }
    } else if (length != std::string::npos) {
      answer.body = exactly(std::stoul(answer.header.substr(length + 16)));
    } else {
      answer.body = rest();
    }
    return answer;
  }

  /// Everything until the server closes.
  std::string rest() {
    while (more()) continue;
    return std::exchange(received_, {});
  }

  tcp::socket& socket() { return socket_; }

 private:
  bool more() {
    char piece[65536];
    boost::system::error_code error;
    const auto bytes = ::recv(socket_.native_handle(), piece, sizeof piece, 0);
    EXPECT_FALSE(bytes < 0 && errno == EAGAIN) << "the server is silent";
    if (bytes <= 0) return false;
    received_.append(piece, static_cast<std::size_t>(bytes));
    return true;
  }

  std::string until(const std::string& end) {
    while (received_.find(end) == std::string::npos) {
      if (!more()) return std::exchange(received_, {});
    }
    return take(received_.find(end) + end.size());
  }

  std::string exactly(std::size_t bytes) {
    while (received_.size() < bytes && more()) continue;
    return take(std::min(bytes, received_.size()));
  }

  std::string take(std::size_t bytes) {
    std::string taken = received_.substr(0, bytes);
    received_.erase(0, bytes);
    return taken;
  }

  boost::asio::io_context io_;
  tcp::socket socket_;
  std::string received_;
};

inline std::string gunzip(const std::string& packed) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string out(64 * 1024 * 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  inflateEnd(&stream);
  return out;
}

}  // namespace rdpwatch::http::test
