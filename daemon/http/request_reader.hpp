#pragma once
// From Beast's message to a Request, and what is wrong with one that is none. Pure functions.

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>
#include <optional>
#include <string_view>

#include "daemon/http/message.hpp"
#include "daemon/http/server.hpp"

namespace rdpwatch::http {

using ParsedRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// Whether reading a request failed by what the client sent, so that it can be told; not by a timeout or the
/// network.
bool is_clients_mistake(boost::system::error_code error);

/// The answer to such a request: 413, 414, 431 or 400. Beast has read the request line or is still in it.
Response mistake(boost::system::error_code error, bool has_request_line, const ServerLimits& limits);

/// What is wrong with a request that is well-formed: 414 for a long target, 400 for a missing Host.
std::optional<Response> refusal(const ParsedRequest& message, const ServerLimits& limits);

Request to_request(ParsedRequest message, const boost::asio::ip::address& peer);

}  // namespace rdpwatch::http
