#pragma once
// What a route gets and gives: HTTP without the sockets. A request is bounded before a route sees it.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rdpwatch::http {

struct Request {
  std::string method;  ///< "GET", "HEAD" ...
  std::string path;    ///< as it was sent, without the query
  std::string query;   ///< behind the question mark, as it was sent
  std::string accept;  ///< the media types that the client would like, as it was sent; empty: any
  std::string body;
  std::string host;            ///< the Host header as it was sent; empty in HTTP/1.0 without one
  std::string scrape_timeout;  ///< X-Prometheus-Scrape-Timeout-Seconds as it was sent; empty without one
  bool peer_is_loopback = false;
  bool authenticated = false;  ///< by a password or by a client certificate that was verified
  std::string origin;          ///< Origin as it was sent: a web page in a browser sent it; empty without one
  std::string fetch_site;      ///< Sec-Fetch-Site as it was sent; empty without one
  /// Completes when the client has closed its side, for a handler whose work is worth nothing then. It may be
  /// awaited once, and only while the handler runs. May be empty.
  std::function<boost::asio::awaitable<void>()> client_gone;
};

/// A body that is made while it is sent. The connection waits for the client between two pieces, so a piece
/// should take a millisecond at most to make.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// The next piece, valid until the next call; empty at the end, when all before it was handed to the
  /// system.
  virtual std::string_view next() = 0;
};

/// A body whose pieces come when they come. Each is sent at once and as it is: compressing would hold it
/// back.
class LiveBody {
 public:
  virtual ~LiveBody() = default;
  /// The next piece; empty at the end. Must not throw, and must come to an end by itself: the connection does
  /// not limit the time. When the client goes away, the wait is cancelled and the body destroyed.
  virtual boost::asio::awaitable<std::string> next() = 0;
};

struct Response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;  ///< more headers
  std::string body;                                          ///< when there is no stream
  std::unique_ptr<BodyStream> stream;                        ///< compressed when the client can read it
  std::unique_ptr<LiveBody> live;                            ///< instead of both
};

/// Runs on the server's io_context. Must not block; an exception becomes status 500.
using Handler = std::function<boost::asio::awaitable<Response>(Request)>;

/// A plain text answer; `text` without the newline at its end.
inline Response text_response(unsigned status, std::string_view text) {
  Response response;
  response.status = status;
  response.body.append(text).append("\n");
  return response;
}

}  // namespace rdpwatch::http
