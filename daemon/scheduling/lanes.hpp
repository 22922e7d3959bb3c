#pragma once
// Work for the command line, item by item, so many at once.

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>

namespace rdpwatch::scheduling {

/// Awaits `work(0)` to `work(count - 1)`, at most `concurrency` (at least 1) at once, and calls `progress`
/// with the number of those that are done after each. Everything runs on the awaiting coroutine's executor
/// (one thread). When cancelled (terminal), or when one throws, the others are cancelled too and the
/// exception comes out.
boost::asio::awaitable<void> run_in_lanes(std::size_t count, int concurrency,
                                          std::function<boost::asio::awaitable<void>(std::size_t)> work,
                                          std::function<void(std::size_t done)> progress);

}  // namespace rdpwatch::scheduling
