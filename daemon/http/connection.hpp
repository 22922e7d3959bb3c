#pragma once
// Connection: one client's requests, one after the other. Runs on the server's thread.

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "daemon/http/access.hpp"
#include "daemon/http/client_stream.hpp"
#include "daemon/http/request_reader.hpp"
#include "daemon/http/router.hpp"
#include "daemon/http/server.hpp"

namespace rdpwatch::http {

class Connection {
 public:
  /// `access`: null when everybody may come in.
  Connection(ClientStream& stream, const Router& router, const ServerLimits& limits, Access* access);

  /// Answers until the client closes, asks to close, breaks a limit or falls silent.
  boost::asio::awaitable<void> serve();
  /// Says that there are too many connections.
  boost::asio::awaitable<void> refuse();

 private:
  using Header = boost::beast::http::response<boost::beast::http::empty_body>;

  /// How the response to the current request is sent; as it stands, to a client that sent none we understood.
  struct Manner {
    unsigned version = 11;  ///< 10 or 11
    bool keep_alive = false;
    bool head = false;
    bool gzip = false;
  };

  // Those that return bool: whether the connection goes on.
  boost::asio::awaitable<bool> open();
  boost::asio::awaitable<bool> wait_for_request();
  boost::asio::awaitable<bool> serve_one();
  boost::asio::awaitable<Response> answer(ParsedRequest message);
  boost::asio::awaitable<void> wait_until_gone();
  boost::asio::awaitable<bool> send(Response response, Manner manner);
  boost::asio::awaitable<bool> send_header(Header header);
  boost::asio::awaitable<bool> send_stream(std::unique_ptr<BodyStream> stream, Manner manner);
  boost::asio::awaitable<bool> send_live(std::unique_ptr<LiveBody> body, Manner manner);
  boost::asio::awaitable<bool> send_last_chunk();
  boost::asio::awaitable<bool> send_piece(std::string_view bytes, bool chunked);
  boost::asio::awaitable<void> close_orderly();

  /// Whether a connection that begins now would be made as this one was.
  bool is_up_to_date();
  void limit_write();

  ClientStream& stream_;
  const Router& router_;
  const ServerLimits& limits_;
  Access* access_;
  boost::beast::flat_buffer buffer_;  ///< bytes of the current and of pipelined requests
  std::chrono::steady_clock::time_point response_deadline_;
  bool served_ = false;  ///< one request at least
};

}  // namespace rdpwatch::http
