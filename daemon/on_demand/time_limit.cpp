#include "daemon/on_demand/time_limit.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rdpwatch::on_demand {

namespace asio = boost::asio;

asio::awaitable<void> time_is_up(std::chrono::nanoseconds longest) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, longest);
  const auto [cancelled] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  static_cast<void>(cancelled);
}

}  // namespace rdpwatch::on_demand
