#include "daemon/http/server.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "daemon/http/connection.hpp"
#include "daemon/http/listen_address.hpp"

namespace rdpwatch::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Clients that are being told 503 at a time; one more takes the place of one that has been told.
constexpr std::size_t kMaxRefusing = 128;

/// accept() fails when descriptors run out; without a pause the loop would spin until some are free again.
constexpr std::chrono::milliseconds kPauseAfterFailedAccept{100};

/// Of those that `may` says, closes and takes out the one that has kept us waiting the longest beyond our
/// patience; false when there is none.
template <class Streams, class May>
bool close_longest(Streams& streams, May may) {
  const auto now = std::chrono::steady_clock::now();
  auto longest = streams.end();
  for (auto at = streams.begin(); at != streams.end(); ++at) {
    const auto& since = (*at)->gives_way_from;
    if (!since || *since > now || !may(*at)) continue;
    if (longest == streams.end() || *since < *(*longest)->gives_way_from) longest = at;
  }
  if (longest == streams.end()) return false;
  (*longest)->tcp().close();
  streams.erase(longest);
  return true;
}

}  // namespace

Server::Server(asio::io_context& io, Router router, ServerLimits limits, Access* access)
    : io_(io), router_(std::move(router)), limits_(limits), access_(access) {}

void Server::listen(const std::vector<std::string>& addresses) {
  std::vector<std::shared_ptr<tcp::acceptor>> opened;
  for (const auto& text : addresses) {
    opened.push_back(
        std::make_shared<tcp::acceptor>(open_acceptor(io_.get_executor(), parse_listen_address(text))));
  }
  for (const auto& acceptor : opened) {
    acceptors_.push_back(acceptor);
    asio::co_spawn(io_, accept_loop(acceptor), asio::detached);
  }
}

std::vector<tcp::endpoint> Server::endpoints() const {
  std::vector<tcp::endpoint> all;
  for (const auto& acceptor : acceptors_) all.push_back(acceptor->local_endpoint());
  return all;
}

void Server::stop() {
  asio::post(io_, [this] {
    stopping_ = true;
    error_code ignored;
    for (const auto& acceptor : acceptors_) acceptor->close(ignored);
    for (const auto* const streams : {&serving_, &refusing_}) {
      for (const auto& stream : *streams) stream->tcp().close();
    }
  });
}

asio::awaitable<void> Server::accept_loop(std::shared_ptr<tcp::acceptor> acceptor) {
  const auto token = asio::as_tuple(asio::use_awaitable);
  while (!stopping_) {
    auto [error, socket] = co_await acceptor->async_accept(token);
    if (stopping_) co_return;
    if (!error) {
      start(std::move(socket));
      continue;
    }
    asio::steady_timer pause(io_, kPauseAfterFailedAccept);
    co_await pause.async_wait(token);
  }
}

void Server::start(tcp::socket socket) {
  auto tls = access_ == nullptr ? nullptr : access_->settings()->tls;
  const auto stream = std::make_shared<ClientStream>(std::move(socket), std::move(tls));
  error_code ignored;
  stream->socket().set_option(tcp::no_delay(true), ignored);
  if (make_place(stream->peer())) {
    serving_.insert(stream);
    // What a connection throws (no memory) ends that connection alone.
    asio::co_spawn(io_, serve(stream), [this, stream](std::exception_ptr) { serving_.erase(stream); });
  } else if (refusing_.size() < kMaxRefusing ||
             close_longest(refusing_, [](const StreamPtr&) { return true; })) {
    refusing_.insert(stream);
    asio::co_spawn(io_, refuse(stream), [this, stream](std::exception_ptr) { refusing_.erase(stream); });
  }
}

bool Server::make_place(const asio::ip::address& peer) {
  const auto is_of_peer = [&peer](const StreamPtr& stream) { return stream->peer() == peer; };
  const auto of_peer = static_cast<std::size_t>(std::count_if(serving_.begin(), serving_.end(), is_of_peer));
  // Who has its share can't take the places of others.
  if (of_peer >= limits_.max_of_one_peer) return close_longest(serving_, is_of_peer);
  const auto is_any = [](const StreamPtr&) { return true; };
  return serving_.size() < limits_.max_connections || close_longest(serving_, is_any);
}

asio::awaitable<void> Server::serve(StreamPtr stream) {
  Connection connection(*stream, router_, limits_, access_);
  co_await connection.serve();
}

asio::awaitable<void> Server::refuse(StreamPtr stream) {
  Connection connection(*stream, router_, limits_, access_);
  co_await connection.refuse();
}

}  // namespace rdpwatch::http
