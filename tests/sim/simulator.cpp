#include "tests/sim/simulator.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <mutex>
#include <set>
#include <stdexcept>
#include <utility>

#include "tests/sim/connection.hpp"
#include "tests/sim/listener.hpp"
#include "tests/sim/stats_json.hpp"

namespace rdpwatch::sim {

namespace asio = boost::asio;
using asio::ip::tcp;

class Simulator::State : public std::enable_shared_from_this<State> {
 public:
  State(asio::io_context& io, Scenarios scenarios)
      : io_(io), fleet_(std::make_shared<const Fleet>(std::move(scenarios), store_)) {}

  void listen();
  void replace(Scenarios scenarios);
  void count_failed_reload();
  void stop();

  std::uint16_t port() const { return port_; }
  const HostBook& book() const { return *book_; }
  Totals totals();

 private:
  asio::awaitable<void> accept_from(tcp::acceptor& acceptor);
  void serve(tcp::socket socket);
  asio::awaitable<void> play(std::shared_ptr<Connection> connection);
  std::shared_ptr<const Fleet> fleet() {
    const std::lock_guard lock(mutex_);
    return fleet_;
  }

  asio::io_context& io_;
  std::shared_ptr<CertificateStore> store_ = std::make_shared<CertificateStore>();
  std::shared_ptr<HostBook> book_ = std::make_shared<HostBook>();
  std::list<tcp::acceptor> acceptors_;  ///< a list: the accept loops refer to its elements
  std::vector<FullBacklog> full_;
  std::uint16_t port_ = 0;

  std::mutex mutex_;  ///< of all below
  std::shared_ptr<const Fleet> fleet_;
  std::set<std::shared_ptr<Connection>> connections_;
  std::uint64_t snapshots_ = 0;
  std::uint64_t reloads_ = 0;
  std::uint64_t reload_failures_ = 0;
  bool stopped_ = false;
};

void Simulator::State::listen() {
  const Scenarios& scenarios = fleet_->scenarios();
  acceptors_.push_back(listen_on_loopback(io_, scenarios.port));
  port_ = acceptors_.front().local_endpoint().port();
  for (const Endpoint& endpoint : scenarios.listen) acceptors_.push_back(listen_on(io_, endpoint));
  for (const Endpoint& endpoint : scenarios.full_backlog) full_.emplace_back(endpoint);
  for (tcp::acceptor& acceptor : acceptors_) {
    const auto loop = [self = shared_from_this(), &acceptor] { return self->accept_from(acceptor); };
    asio::co_spawn(acceptor.get_executor(), loop, asio::detached);
  }
}

asio::awaitable<void> Simulator::State::accept_from(tcp::acceptor& acceptor) {
  // Without a reference of its own the loop would outlive what it refers to.
  const std::shared_ptr<State> self = shared_from_this();
  asio::steady_timer pause(acceptor.get_executor());
  for (;;) {
    boost::system::error_code error;
    tcp::socket socket = co_await acceptor.async_accept(asio::make_strand(io_),
                                                        asio::redirect_error(asio::use_awaitable, error));
    if (!acceptor.is_open() || error == asio::error::operation_aborted) co_return;
    if (!error) {
      serve(std::move(socket));
      continue;
    }
    // Out of descriptors, most likely: the backlog holds the clients until some connections have ended.
    pause.expires_after(std::chrono::milliseconds(20));
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

void Simulator::State::serve(tcp::socket socket) {
  boost::system::error_code error;
  const tcp::endpoint local = socket.local_endpoint(error);
  if (error) return;
  const std::shared_ptr<const Fleet> fleet = this->fleet();
  PreparedHostPtr host = fleet->find(local.address());
  if (!host) {
    book_->count_unserved();
    socket.set_option(asio::socket_base::linger(true, 0), error);
    socket.close(error);  // its destructor would undo the linger option
    return;
  }
  socket.set_option(tcp::no_delay(true), error);
  const auto connection =
      std::make_shared<Connection>(std::move(socket), local.address(), book_, fleet, std::move(host));
  const auto begin = [self = shared_from_this(), connection] { return self->play(connection); };
  asio::co_spawn(connection->executor(), begin, asio::detached);
}

asio::awaitable<void> Simulator::State::play(std::shared_ptr<Connection> connection) {
  const std::shared_ptr<State> self = shared_from_this();
  {
    // Here, on the connection's own strand, so that an abort can't come before the beginning.
    const std::lock_guard lock(mutex_);
    if (stopped_) co_return;
    connections_.insert(connection);
  }
  co_await connection->run();
  const std::lock_guard lock(mutex_);
  connections_.erase(connection);
}

void Simulator::State::replace(Scenarios scenarios) {
  try {
    const std::shared_ptr<const Fleet> old = fleet();
    const Scenarios& before = old->scenarios();
    if (scenarios.port != before.port || scenarios.listen != before.listen ||
        scenarios.full_backlog != before.full_backlog) {
      throw std::runtime_error("port, listen and full_backlog can't change while rdpsim runs; restart it");
    }
    auto fresh = std::make_shared<const Fleet>(std::move(scenarios), store_);
    const std::lock_guard lock(mutex_);
    fleet_ = std::move(fresh);
    ++reloads_;
  } catch (const std::runtime_error&) {
    count_failed_reload();
    throw;
  }
}

void Simulator::State::count_failed_reload() {
  const std::lock_guard lock(mutex_);
  ++reload_failures_;
}

void Simulator::State::stop() {
  for (tcp::acceptor& acceptor : acceptors_) {
    const auto close = [self = shared_from_this(), &acceptor] {
      boost::system::error_code ignored;
      acceptor.close(ignored);
    };
    asio::post(acceptor.get_executor(), close);
  }
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (const std::shared_ptr<Connection>& connection : connections_) connection->abort();
}

Totals Simulator::State::totals() {
  const std::lock_guard lock(mutex_);
  return {++snapshots_, reloads_, reload_failures_, book_->unserved()};
}

Simulator::Simulator(asio::io_context& io, Scenarios scenarios)
    : state_(std::make_shared<State>(io, std::move(scenarios))) {
  state_->listen();
}

Simulator::~Simulator() {
  stop();
}

std::uint16_t Simulator::port() const {
  return state_->port();
}

void Simulator::replace(Scenarios scenarios) {
  state_->replace(std::move(scenarios));
}

void Simulator::count_failed_reload() {
  state_->count_failed_reload();
}

std::optional<HostStats> Simulator::stats(const std::string& address) const {
  return state_->book().stats(asio::ip::make_address(address));
}

std::uint64_t Simulator::unserved() const {
  return state_->book().unserved();
}

std::string Simulator::stats_json() const {
  return to_json(state_->totals(), state_->book().all());
}

void Simulator::stop() {
  state_->stop();
}

}  // namespace rdpwatch::sim
