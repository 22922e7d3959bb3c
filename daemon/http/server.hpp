#pragma once
// Server: HTTP/1.1 on an io_context that one thread of the caller runs, apart from the probes' threads.
// Everything a client can do is bounded: connections, header, URL, body, requests at once (one a connection;
// pipelined ones wait), and the time of each operation and of each response.
//
// Threads: construct, listen() and endpoints() before the thread runs; stop() from any thread; all the rest
// happens on that thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/http/access.hpp"
#include "daemon/http/client_stream.hpp"
#include "daemon/http/router.hpp"

namespace rdpwatch::http {

struct ServerLimits {
  std::size_t max_connections = 256;       ///< one more needs a place that somebody makes; else: 503
  std::size_t max_of_one_peer = 192;       ///< of these, from one address
  std::size_t max_header_bytes = 16384;    ///< request line included; more: 431
  std::size_t max_target_bytes = 4096;     ///< path and query; more: 414
  std::size_t max_body_bytes = 65536;      ///< more: 413
  std::chrono::seconds idle_timeout{120};  ///< a connection between two requests
  std::chrono::seconds request_timeout{
      10};  ///< from a request's first byte to its last; until the first one; and of a TLS handshake
  std::chrono::seconds write_timeout{10};      ///< of one piece of a response
  std::chrono::seconds response_timeout{120};  ///< of a whole response, however steadily it is read
};

class Server {
 public:
  /// `access` decides who may come in, and must outlive the server; null: everybody may.
  Server(boost::asio::io_context& io, Router router, ServerLimits limits = {}, Access* access = nullptr);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens on all of the addresses or throws ListenError (see listen_address.hpp) and listens on none of
  /// them.
  void listen(const std::vector<std::string>& addresses);
  /// What it listens on, with the ports that the system chose.
  std::vector<boost::asio::ip::tcp::endpoint> endpoints() const;

  /// Closes everything at once; the io_context has nothing to do for the server afterwards. The server must
  /// live until then.
  void stop();

 private:
  using StreamPtr = std::shared_ptr<ClientStream>;

  boost::asio::awaitable<void> accept_loop(std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor);
  boost::asio::awaitable<void> serve(StreamPtr stream);
  boost::asio::awaitable<void> refuse(StreamPtr stream);
  void start(boost::asio::ip::tcp::socket socket);
  /// Whether a client from there has a place now. When all are taken, the connection gives way that has kept
  /// us waiting the longest.
  bool make_place(const boost::asio::ip::address& peer);

  boost::asio::io_context& io_;
  Router router_;
  ServerLimits limits_;
  Access* access_;
  std::vector<std::shared_ptr<boost::asio::ip::tcp::acceptor>> acceptors_;
  std::set<StreamPtr> serving_;
  std::set<StreamPtr> refusing_;
  bool stopping_ = false;
};

}  // namespace rdpwatch::http
