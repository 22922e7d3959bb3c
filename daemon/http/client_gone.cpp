#include "daemon/http/client_gone.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <utility>
#include <variant>

namespace rdpwatch::http {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

asio::awaitable<bool> ends_before_client(asio::awaitable<void> work, const Request& request) {
  if (!request.client_gone) {
    co_await std::move(work);
    co_return true;
  }
  asio::awaitable<void> watching = request.client_gone();
  asio::awaitable<std::variant<std::monostate, std::monostate>> either =
      std::move(work) || std::move(watching);
  const auto first = co_await std::move(either);
  co_return first.index() == 0;
}

}  // namespace rdpwatch::http
