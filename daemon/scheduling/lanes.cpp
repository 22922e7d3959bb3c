#include "daemon/scheduling/lanes.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

namespace rdpwatch::scheduling {
namespace asio = boost::asio;
namespace {

struct Lanes {
  std::size_t count;
  std::function<asio::awaitable<void>(std::size_t)> work;
  std::function<void(std::size_t)> progress;
  std::size_t next = 0;
  std::size_t done = 0;
};

/// Takes the next item until there is none.
asio::awaitable<void> run_lane(std::shared_ptr<Lanes> lanes) {
  while (lanes->next < lanes->count) {
    asio::awaitable<void> working = lanes->work(lanes->next++);
    co_await std::move(working);
    lanes->progress(++lanes->done);
  }
}

}  // namespace

asio::awaitable<void> run_in_lanes(std::size_t count, int concurrency,
                                   std::function<asio::awaitable<void>(std::size_t)> work,
                                   std::function<void(std::size_t)> progress) {
  if (count == 0) co_return;
  const auto width = std::min(count, static_cast<std::size_t>(std::max(concurrency, 1)));
  const auto lanes = std::make_shared<Lanes>(Lanes{count, std::move(work), std::move(progress)});
  const auto executor = co_await asio::this_coro::executor;
  using Lane = decltype(asio::co_spawn(executor, run_lane(lanes), asio::deferred));
  std::vector<Lane> running;
  for (std::size_t i = 0; i < width; ++i)
    running.push_back(asio::co_spawn(executor, run_lane(lanes), asio::deferred));
  auto all = asio::experimental::make_parallel_group(std::move(running));
  // A lane that throws (the work did, or all is cancelled) ends the others too.
  const auto ended = co_await all.async_wait(asio::experimental::wait_for_one_error(), asio::use_awaitable);
  for (const auto& error : std::get<1>(ended)) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace rdpwatch::scheduling
