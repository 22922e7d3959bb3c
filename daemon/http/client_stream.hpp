#pragma once
// ClientStream: the bytes of one client, plain or through TLS. An AsyncStream, so that the connection reads
// and writes both alike; deadlines are those of tcp(). Runs on the server's thread.

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/http/tls_context.hpp"

namespace rdpwatch::http {

class ClientStream {
 public:
  using executor_type = boost::beast::tcp_stream::executor_type;

  enum class Opening {
    ready,       ///< plain, or the handshake is done
    plain_http,  ///< TLS is wanted and the client speaks HTTP; what is written now goes out plain
    failed
  };

  /// `tls`: null for plain HTTP.
  ClientStream(boost::asio::ip::tcp::socket socket, std::shared_ptr<TlsContext> tls);
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  /// The handshake, where there is one; within `limit` from the connection's begin to its end.
  boost::asio::awaitable<Opening> open(std::chrono::seconds limit);
  /// Tells the other side that nothing more comes. Within tcp()'s deadline.
  boost::asio::awaitable<void> say_goodbye();

  /// Where the client is; of one that has gone already, 0.0.0.0.
  const boost::asio::ip::address& peer() const { return peer_; }

  /// While it is the client that keeps us waiting: from when on the server may close the connection to serve
  /// somebody else. While we work for the client: none.
  std::optional<std::chrono::steady_clock::time_point> gives_way_from;

  boost::beast::tcp_stream& tcp() { return tls_ ? tls_->next_layer() : *plain_; }
  boost::asio::ip::tcp::socket& socket() { return tcp().socket(); }
  const std::shared_ptr<TlsContext>& tls() const { return context_; }
  /// Whether the client has shown a certificate that was verified.
  bool has_verified_certificate();
  executor_type get_executor() { return tcp().get_executor(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& into) {
          read_some({boost::asio::buffer_sequence_begin(into), boost::asio::buffer_sequence_end(into)},
                    erased(std::move(handler)));
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          write_some({boost::asio::buffer_sequence_begin(from), boost::asio::buffer_sequence_end(from)},
                     erased(std::move(handler)));
        },
        token, buffers);
  }

 private:
  // Without the types of those who wait: TLS is compiled once, and not once for each operation of a
  // connection.
  using Done = std::function<void(boost::system::error_code, std::size_t)>;

  template <class Handler>
  static Done erased(Handler handler) {
    // A std::function must be copyable, the handler of a coroutine is not.
    auto shared = std::make_shared<Handler>(std::move(handler));
    return
        [shared](boost::system::error_code error, std::size_t bytes) { std::move (*shared)(error, bytes); };
  }

  void read_some(std::vector<boost::asio::mutable_buffer> into, Done done);
  void write_some(std::vector<boost::asio::const_buffer> from, Done done);

  boost::asio::ip::address peer_;
  std::shared_ptr<TlsContext> context_;
  std::optional<boost::beast::tcp_stream> plain_;
  std::optional<boost::beast::ssl_stream<boost::beast::tcp_stream>> tls_;
  bool encrypted_ = false;
};

}  // namespace rdpwatch::http
