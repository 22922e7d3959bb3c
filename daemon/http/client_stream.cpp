#include "daemon/http/client_stream.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rdpwatch::http {
namespace {

namespace asio = boost::asio;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

/// A TLS record begins with its type, of which none is a letter; an HTTP request begins with its method.
bool begins_like_http(char first) {
  return first >= 'A' && first <= 'Z';
}

}  // namespace

ClientStream::ClientStream(asio::ip::tcp::socket socket, std::shared_ptr<TlsContext> tls)
    : context_(std::move(tls)) {
  boost::system::error_code gone;
  peer_ = socket.remote_endpoint(gone).address();
  if (context_) {
    tls_.emplace(boost::beast::tcp_stream(std::move(socket)), context_->context());
  } else {
    plain_.emplace(std::move(socket));
  }
}

asio::awaitable<ClientStream::Opening> ClientStream::open(std::chrono::seconds limit) {
  if (!tls_) co_return Opening::ready;
  tcp().expires_after(limit);
  std::array<char, 4096> begin;
  const auto space = asio::buffer(begin);
  const auto [error, bytes] = co_await tcp().async_read_some(space, kToken);
  if (error) co_return Opening::failed;
  if (begins_like_http(begin[0])) co_return Opening::plain_http;
  const auto begun = asio::const_buffer(begin.data(), bytes);
  const auto [failed, used] = co_await tls_->async_handshake(asio::ssl::stream_base::server, begun, kToken);
  if (failed) co_return Opening::failed;
  encrypted_ = true;
  co_return Opening::ready;
}

asio::awaitable<void> ClientStream::say_goodbye() {
  boost::system::error_code ignored;
  if (encrypted_) {
    const auto [error] = co_await tls_->async_shutdown(kToken);
    boost::ignore_unused(error);
  }
  socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  encrypted_ = false;
}

void ClientStream::read_some(std::vector<asio::mutable_buffer> into, Done done) {
  if (encrypted_) {
    tls_->async_read_some(into, std::move(done));
  } else {
    tcp().async_read_some(into, std::move(done));
  }
}

void ClientStream::write_some(std::vector<asio::const_buffer> from, Done done) {
  if (encrypted_) {
    tls_->async_write_some(from, std::move(done));
  } else {
    tcp().async_write_some(from, std::move(done));
  }
}

bool ClientStream::has_verified_certificate() {
  return encrypted_ && context_->verifies_clients() &&
         SSL_get0_peer_certificate(tls_->native_handle()) != nullptr;
}

}  // namespace rdpwatch::http
