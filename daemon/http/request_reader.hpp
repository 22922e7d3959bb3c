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

/// Whether it is known where the request ends and the next one begins. Beast takes a request with a
/// Transfer-Encoding other than chunked for one without a body; a proxy before us may see a body there (RFC
/// 9112, 6.3).
bool has_clear_end(const ParsedRequest& message);

/// Whether it asks for a path of the API, as far as it was read.
bool is_of_api(const ParsedRequest& message);

/// Of an error in plain text makes {"error": text}; other answers stay as they are.
void say_error_as_json(Response& response);

/// What is wrong with a request that is well-formed: 414 for a long target, 400 for a missing Host or an
/// unclear end.
std::optional<Response> refusal(const ParsedRequest& message, const ServerLimits& limits);

Request to_request(ParsedRequest message, const boost::asio::ip::address& peer);

}  // namespace rdpwatch::http
