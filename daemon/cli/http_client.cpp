#include "daemon/cli/http_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
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
  std::string host;  ///< without brackets
  std::string port;
  std::string host_header;
  std::string path;  ///< without a slash at its end
};

Place place_of(const std::string& base) {
  const auto url = boost::urls::parse_uri(base);
  if (url.has_error() || url->scheme() != "http" ||
      (url->encoded_host_name().empty() && url->host_address().empty()))
    throw HttpError(
        base + " is no URL that can be asked, allowed: http:// with a host, such as http://127.0.0.1:9839");
  Place place;
  place.host = url->host_address();
  place.port = url->port().empty() ? std::string("80") : std::string(url->port());
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
  throw HttpError(base + " can't be asked: " + error.message());
}

asio::awaitable<HttpAnswer> ask(std::string base, Place place, HttpQuestion question,
                                std::chrono::seconds timeout) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  const auto [unresolved, endpoints] = co_await resolver.async_resolve(place.host, place.port, kToken);
  if (unresolved) fail(base, unresolved);
  beast::tcp_stream stream(executor);
  stream.expires_after(timeout);
  const auto [unconnected, endpoint] = co_await stream.async_connect(endpoints, kToken);
  if (unconnected) fail(base, unconnected);
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

}  // namespace

HttpAnswer http_ask(const std::string& base, const HttpQuestion& question, std::chrono::seconds timeout) {
  const Place place = place_of(base);
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
