#include "daemon/http/request_reader.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/beast/http/error.hpp>
#include <string>
#include <utility>

namespace rdpwatch::http {
namespace {

namespace bhttp = boost::beast::http;
namespace ip = boost::asio::ip;

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

bool is_loopback(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

Response target_too_long(const ServerLimits& limits) {
  return text_response(
      414, "the URL is too long; at most " + std::to_string(limits.max_target_bytes) + " bytes are allowed");
}

}  // namespace

bool is_clients_mistake(boost::system::error_code error) {
  return error.category() == bhttp::make_error_code(bhttp::error::bad_method).category() &&
         error != bhttp::error::end_of_stream && error != bhttp::error::partial_message;
}

Response mistake(boost::system::error_code error, bool has_request_line, const ServerLimits& limits) {
  if (error == bhttp::error::body_limit) {
    return text_response(
        413, "the body is too long; at most " + std::to_string(limits.max_body_bytes) + " bytes are allowed");
  }
  if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow) {
    if (!has_request_line) return target_too_long(limits);
    return text_response(431, "the header is too long; at most " + std::to_string(limits.max_header_bytes) +
                                  " bytes are allowed");
  }
  return text_response(400, "this is not an HTTP/1.1 request: " + error.message());
}

std::optional<Response> refusal(const ParsedRequest& message, const ServerLimits& limits) {
  if (message.target().size() > limits.max_target_bytes) return target_too_long(limits);
  if (message.version() >= 11 && message.count(bhttp::field::host) != 1) {
    return text_response(400, "an HTTP/1.1 request needs one Host header");
  }
  return std::nullopt;
}

Request to_request(ParsedRequest message, const ip::address& peer) {
  Request request;
  request.method = view(message.method_string());
  std::string_view target = view(message.target());
  // A proxy may send the absolute form, http://host/path (RFC 9112, 3.2.2).
  if (const auto scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos) {
    const auto path = target.find('/', scheme + 3);
    target = path == std::string_view::npos ? "/" : target.substr(path);
  }
  target = target.substr(0, target.find('#'));
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  request.accept = view(message[bhttp::field::accept]);
  request.host = view(message[bhttp::field::host]);
  request.scrape_timeout = view(message["X-Prometheus-Scrape-Timeout-Seconds"]);
  request.origin = view(message[bhttp::field::origin]);
  request.fetch_site = view(message["Sec-Fetch-Site"]);
  request.peer_is_loopback = is_loopback(peer);
  request.body = std::move(message.body());
  return request;
}

}  // namespace rdpwatch::http
