#include "daemon/cli/http_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <exception>
#include <utility>

namespace rdpwatch::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

struct Place {
  bool tls = false;
  std::string host;  ///< without brackets
  std::string port;
  std::string host_header;
  std::string path;  ///< without a slash at its end
};

Place place_of(const std::string& base, Https https) {
  const auto url = boost::urls::parse_uri(base);
  const bool tls = !url.has_error() && url->scheme() == "https";
  if (url.has_error() || (url->scheme() != "http" && !(tls && https == Https::unverified)) ||
      (url->encoded_host_name().empty() && url->host_address().empty())) {
    throw HttpError(base + " is no URL that can be asked, allowed: http://" +
                    (https == Https::unverified ? " or https://" : "") +
                    " with a host, such as http://127.0.0.1:9839");
  }
  Place place;
  place.tls = tls;
  place.host = url->host_address();
  place.port = url->port().empty() ? std::string(tls ? "443" : "80") : std::string(url->port());
  place.host_header = std::string(url->encoded_host_and_port());
  place.path = std::string(url->encoded_path());
  while (place.path.ends_with('/')) place.path.pop_back();
  return place;
}

[[noreturn]] void fail(const std::string& base, error_code error) {
  if (error == asio::error::connection_refused)
    throw HttpError("nothing listens at " + base +
                    "; is `rdpwatch serve` running there? Else say where by --url");
  if (error == beast::error::timeout) throw HttpError(base + " did not answer in time");
  if (error == bhttp::error::body_limit) throw HttpError("the answer of " + base + " is too long");
  if (error.category() == asio::error::get_ssl_category() &&
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) > SSL_AD_REASON_OFFSET)
    throw TlsAlert(base + " ends TLS: " + error.message());
  throw HttpError(base + " can't be asked: " + error.message());
}

/// Whoever answers: a daemon of this machine may have made its certificate itself, and may be set to old TLS.
asio::ssl::context any_tls() {
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_set_security_level(context.native_handle(), 0);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_VERSION);
  context.set_verify_mode(asio::ssl::verify_none);
  return context;
}

template <class Stream>
asio::awaitable<HttpAnswer> exchange(Stream& stream, std::string base, Place place, HttpQuestion question) {
  bhttp::request<bhttp::string_body> request(bhttp::string_to_verb(question.method),
                                             place.path + question.target, 11);
  request.set(bhttp::field::host, place.host_header);
  request.set(bhttp::field::user_agent, "rdpwatch");
  request.set(bhttp::field::accept, "application/json");
  request.keep_alive(false);
  if (!question.body.empty()) {
    request.set(bhttp::field::content_type, "application/json");
    request.body() = std::move(question.body);
  }
  request.prepare_payload();
  const auto [unsent, sent] = co_await bhttp::async_write(stream, request, kToken);
  if (unsent) fail(base, unsent);
  beast::flat_buffer buffer;
  bhttp::response_parser<bhttp::string_body> parser;
  parser.body_limit(kMostAnswerBytes);
  const auto [unread, read] = co_await bhttp::async_read(stream, buffer, parser, kToken);
  if (unread) fail(base, unread);
  HttpAnswer answer{parser.get().result_int(), std::move(parser.get().body())};
  co_return answer;
}

asio::awaitable<HttpAnswer> ask(std::string base, Place place, HttpQuestion question,
                                std::chrono::seconds timeout) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  const auto [unresolved, endpoints] = co_await resolver.async_resolve(place.host, place.port, kToken);
  if (unresolved) fail(base, unresolved);
  asio::ssl::context context = any_tls();
  beast::ssl_stream<beast::tcp_stream> stream(executor, context);
  stream.next_layer().expires_after(timeout);
  const auto [unconnected, endpoint] = co_await stream.next_layer().async_connect(endpoints, kToken);
  if (unconnected) fail(base, unconnected);
  if (!place.tls) {
    HttpAnswer answer = co_await exchange(stream.next_layer(), base, place, question);
    co_return answer;
  }
  const auto [no_tls] = co_await stream.async_handshake(asio::ssl::stream_base::client, kToken);
  if (no_tls) fail(base, no_tls);
  HttpAnswer answer = co_await exchange(stream, base, place, question);
  co_return answer;
}

}  // namespace

HttpAnswer http_ask(const std::string& base, const HttpQuestion& question, std::chrono::seconds timeout,
                    Https https) {
  const Place place = place_of(base, https);
  asio::io_context io;
  HttpAnswer answer;
  std::exception_ptr failure;
  asio::co_spawn(io, ask(base, place, question, timeout), [&](std::exception_ptr error, HttpAnswer got) {
    failure = error;
    answer = std::move(got);
  });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return answer;
}

}  // namespace rdpwatch::cli
