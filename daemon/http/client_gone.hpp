#pragma once
// Work that is worth nothing when the client has gone away.

#include <boost/asio/awaitable.hpp>

#include "daemon/http/message.hpp"

namespace rdpwatch::http {

/// Whether `work` ended before the client closed its side; if not, it was cancelled. Awaits
/// request.client_gone, so once in a handler.
boost::asio::awaitable<bool> ends_before_client(boost::asio::awaitable<void> work, const Request& request);

}  // namespace rdpwatch::http
