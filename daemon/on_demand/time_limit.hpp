#pragma once
// A limit to set beside work by Asio's operator ||.

#include <boost/asio/awaitable.hpp>
#include <chrono>

namespace rdpwatch::on_demand {

/// Ends when so much time has passed, or when it is cancelled; never throws.
boost::asio::awaitable<void> time_is_up(std::chrono::nanoseconds longest);

}  // namespace rdpwatch::on_demand
