#include "daemon/http/connection.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <ctime>
#include <optional>
#include <utility>
#include <variant>

#include "daemon/http/accept_encoding.hpp"
#include "daemon/metrics/gzip.hpp"

namespace rdpwatch::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

/// Compressed bytes are sent when so many are ready.
constexpr std::size_t kGzipPiece = 32 * 1024;

/// After the last response a client that still sends is listened to for so long: closing over unread bytes
/// would reset the connection and take the response with it.
constexpr std::chrono::seconds kLinger{2};
constexpr std::size_t kLingerBytes = 256 * 1024;

/// How often a client that has sent more already is looked at for having gone.
constexpr std::chrono::milliseconds kLookAgain{250};

/// Whether the peer has closed its side, or the connection is broken.
bool has_closed(int socket) {
  pollfd state{socket, POLLRDHUP, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  const auto length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), length};
}

}  // namespace

Connection::Connection(ClientStream& stream, const Router& router, const ServerLimits& limits, Access* access)
    : stream_(stream),
      router_(router),
      limits_(limits),
      access_(access),
      buffer_(limits.max_header_bytes + limits.max_body_bytes) {}

asio::awaitable<void> Connection::serve() {
  const bool opened = co_await open();
  if (!opened) co_return;
  while (true) {
    const bool requested = co_await wait_for_request();
    if (!requested) co_return;
    const bool go_on = co_await serve_one();
    if (!go_on) break;
    served_ = true;
  }
  co_await close_orderly();
}

asio::awaitable<bool> Connection::open() {
  const ClientStream::Opening opening = co_await stream_.open(limits_.request_timeout);
  switch (opening) {
    case ClientStream::Opening::ready:
      co_return true;
    case ClientStream::Opening::plain_http: {
      Response response = text_response(400, "this is an HTTPS server and the request came as plain HTTP");
      Manner manner;
      co_await send(std::move(response), manner);
      break;
    }
    case ClientStream::Opening::failed:
      break;
  }
  // After a handshake that failed, the alert that says why is not to be lost by a reset.
  co_await close_orderly();
  co_return false;
}

asio::awaitable<void> Connection::refuse() {
  if (stream_.tls()) co_return;  // A handshake would cost more than the answer is worth.
  Response response = text_response(503, "too many connections; try again later");
  response.headers.emplace_back("Retry-After", "5");
  Manner manner;
  co_await send(std::move(response), manner);
  co_await close_orderly();
}

asio::awaitable<bool> Connection::wait_for_request() {
  if (buffer_.size() > 0) co_return true;  // a pipelined one
  // Who connects without asking for anything takes a place that a scraper may need.
  stream_.tcp().expires_after(served_ ? limits_.idle_timeout
                                      : std::min(limits_.idle_timeout, limits_.request_timeout));
  const auto space = buffer_.prepare(limits_.max_header_bytes);
  const auto [error, bytes] = co_await stream_.async_read_some(space, kToken);
  if (error) co_return false;
  buffer_.commit(bytes);
  co_return true;
}

asio::awaitable<bool> Connection::serve_one() {
  bhttp::request_parser<bhttp::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(limits_.max_header_bytes));
  parser.body_limit(limits_.max_body_bytes);
  stream_.tcp().expires_after(limits_.request_timeout);
  const auto [error, bytes] = co_await bhttp::async_read(stream_, buffer_, parser, kToken);
  Manner manner;
  if (error) {
    if (!is_clients_mistake(error)) co_return false;
    Response response = mistake(error, !parser.get().target().empty(), limits_);
    co_await send(std::move(response), manner);
    co_return false;
  }
  // Under other rules the client has to come in anew, through a handshake of today.
  if (!is_up_to_date()) co_return false;
  ParsedRequest message = parser.release();
  manner.version = message.version();
  manner.keep_alive = message.keep_alive();
  manner.head = message.method() == bhttp::verb::head;
  const auto encodings = message[bhttp::field::accept_encoding];
  manner.gzip = accepts_gzip({encodings.data(), encodings.size()});
  Response response = co_await answer(std::move(message));
  const bool sent = co_await send(std::move(response), manner);
  co_return sent&& manner.keep_alive;
}

asio::awaitable<Response> Connection::answer(ParsedRequest message) {
  std::optional<Response> refused = refusal(message, limits_);
  if (refused) co_return std::move(*refused);
  error_code ignored;
  const auto peer = stream_.socket().remote_endpoint(ignored).address();
  const auto sent = message[bhttp::field::authorization];
  std::string authorization(sent.data(), sent.size());
  Request request = to_request(std::move(message), peer);
  request.client_gone = [this] { return wait_until_gone(); };
  // The client's time is limited, a handler's is its own.
  stream_.tcp().expires_never();
  try {
    if (access_ != nullptr) {
      const bool verified = stream_.has_verified_certificate();
      Admission admission = co_await access_->admit(std::move(authorization), verified);
      if (admission.refusal) co_return std::move(*admission.refusal);
      request.authenticated = admission.authenticated;
    }
    Response response = co_await router_.route(std::move(request));
    co_return response;
  } catch (const std::exception&) {
    // The answer stands below: a coroutine can't wait in a handler of exceptions, and this one would not help
    // anybody.
  }
  co_return text_response(500, "an internal error; please report it");
}

asio::awaitable<void> Connection::wait_until_gone() {
  asio::steady_timer pause(stream_.get_executor());
  while (true) {
    const auto [failed] = co_await stream_.socket().async_wait(asio::ip::tcp::socket::wait_read, kToken);
    if (failed || has_closed(stream_.socket().native_handle())) co_return;
    // A pipelined request lies there and would end each wait at once.
    pause.expires_after(kLookAgain);
    const auto [cancelled] = co_await pause.async_wait(kToken);
    if (cancelled) co_return;
  }
}

asio::awaitable<bool> Connection::send(Response response, Manner manner) {
  response_deadline_ = std::chrono::steady_clock::now() + limits_.response_timeout;
  Header header(static_cast<bhttp::status>(response.status), manner.version);
  header.set(bhttp::field::date, http_date());
  header.set(bhttp::field::content_type, response.content_type);
  header.set("X-Content-Type-Options", "nosniff");
  if (access_ != nullptr) {
    for (const auto& [name, value] : access_->settings()->config.headers) header.set(name, value);
  }
  for (const auto& [name, value] : response.headers) header.set(name, value);
  header.keep_alive(manner.keep_alive);
  if (response.stream) {
    header.set(bhttp::field::vary, "Accept-Encoding");
    if (manner.gzip) header.set(bhttp::field::content_encoding, "gzip");
  }
  if (response.stream || response.live) {
    header.chunked(manner.version >= 11);
    if (manner.version < 11) header.keep_alive(false);  // the end of the connection is the end of the body
  } else {
    header.content_length(response.body.size());
  }
  const bool header_sent = co_await send_header(std::move(header));
  if (!header_sent || manner.head) co_return header_sent;
  if (response.stream) {
    const bool all_sent = co_await send_stream(std::move(response.stream), manner);
    co_return all_sent&& manner.version >= 11;
  }
  if (response.live) {
    const bool all_sent = co_await send_live(std::move(response.live), manner);
    co_return all_sent&& manner.version >= 11;
  }
  const bool sent = co_await send_piece(response.body, false);
  co_return sent;
}

asio::awaitable<bool> Connection::send_header(Header header) {
  bhttp::response_serializer<bhttp::empty_body> serializer(header);
  limit_write();
  const auto [error, bytes] = co_await bhttp::async_write_header(stream_, serializer, kToken);
  co_return !error;
}

asio::awaitable<bool> Connection::send_stream(std::unique_ptr<BodyStream> stream, Manner manner) {
  const bool chunked = manner.version >= 11;
  std::optional<metrics::GzipStream> gzip;
  if (manner.gzip) gzip.emplace();
  std::string packed;
  for (std::string_view piece = stream->next(); !piece.empty(); piece = stream->next()) {
    if (gzip) {
      gzip->write(piece, packed);
      if (packed.size() < kGzipPiece) continue;
      piece = packed;
    }
    const bool sent = co_await send_piece(piece, chunked);
    if (!sent) co_return false;
    packed.clear();
  }
  if (gzip) {
    gzip->finish(packed);
    const bool sent = co_await send_piece(packed, chunked);
    if (!sent) co_return false;
  }
  if (!chunked) co_return true;
  const bool ended = co_await send_last_chunk();
  co_return ended;
}

asio::awaitable<bool> Connection::send_live(std::unique_ptr<LiveBody> body, Manner manner) {
  using namespace asio::experimental::awaitable_operators;
  const bool chunked = manner.version >= 11;
  while (true) {
    stream_.tcp().expires_never();
    asio::awaitable<std::string> making = body->next();
    asio::awaitable<void> watching = wait_until_gone();
    asio::awaitable<std::variant<std::string, std::monostate>> either =
        std::move(making) || std::move(watching);
    const auto first = co_await std::move(either);
    const auto* const piece = std::get_if<std::string>(&first);
    if (piece == nullptr) co_return false;
    // As long as a body lives, it is each piece that must be taken in time.
    response_deadline_ = std::chrono::steady_clock::now() + limits_.write_timeout;
    if (piece->empty()) break;
    const bool sent = co_await send_piece(*piece, chunked);
    if (!sent) co_return false;
  }
  if (!chunked) co_return true;
  const bool ended = co_await send_last_chunk();
  co_return ended;
}

asio::awaitable<bool> Connection::send_last_chunk() {
  limit_write();
  const auto last = bhttp::make_chunk_last();
  const auto [error, bytes] = co_await asio::async_write(stream_, last, kToken);
  co_return !error;
}

asio::awaitable<bool> Connection::send_piece(std::string_view bytes, bool chunked) {
  if (bytes.empty()) co_return true;
  limit_write();
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  if (chunked) {
    const auto chunk = bhttp::make_chunk(buffer);
    const auto [error, written] = co_await asio::async_write(stream_, chunk, kToken);
    co_return !error;
  }
  const auto [error, written] = co_await asio::async_write(stream_, buffer, kToken);
  co_return !error;
}

asio::awaitable<void> Connection::close_orderly() {
  if (!stream_.socket().is_open()) co_return;
  stream_.tcp().expires_after(kLinger);
  co_await stream_.say_goodbye();
  std::array<char, 4096> unread;
  std::size_t total = 0;
  while (total < kLingerBytes) {
    const auto [failed, bytes] = co_await stream_.async_read_some(asio::buffer(unread), kToken);
    if (failed) co_return;
    total += bytes;
  }
}

bool Connection::is_up_to_date() {
  if (access_ == nullptr) return true;
  const auto& now = access_->settings()->tls;
  const auto& then = stream_.tls();
  if (now == nullptr || then == nullptr) return now == then;
  return now->policy() == then->policy();
}

void Connection::limit_write() {
  stream_.tcp().expires_at(
      std::min(std::chrono::steady_clock::now() + limits_.write_timeout, response_deadline_));
}

}  // namespace rdpwatch::http
