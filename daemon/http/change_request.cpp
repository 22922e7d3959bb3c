#include "daemon/http/change_request.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cctype>

#include "daemon/http/authority.hpp"

namespace rdpwatch::http {
namespace {

bool same_authority(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

/// "localhost:9839", "127.0.0.1", "[::1]:9839"
bool is_loopback_host(std::string_view authority) {
  const bool brackets = authority.starts_with('[');
  std::string host(brackets ? authority.substr(1, authority.find(']') - 1)
                            : authority.substr(0, authority.find(':')));
  if (same_authority(host, "localhost")) return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

/// Of an Origin header; empty for "null" and for what is none.
std::string authority_of(std::string_view origin) {
  const auto url = parse_web_url(origin);
  return url ? url->authority : std::string();
}

/// Whether a page of this server sent it, or no page at all.
bool is_own(const Request& request, const std::string& external) {
  // Browsers say how page and server stand to each other; "none" is what the user typed.
  const auto& site = request.fetch_site;
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  const bool from_browser = !site.empty() || !request.origin.empty();
  const bool through_external = !external.empty() && same_authority(request.host, external);
  if (from_browser && !request.authenticated && !through_external && !is_loopback_host(request.host))
    return false;
  if (request.origin.empty()) return true;
  const std::string origin = authority_of(request.origin);
  return !origin.empty() &&
         (same_authority(origin, request.host) || (!external.empty() && same_authority(origin, external)));
}

}  // namespace

std::optional<Response> refusal_of_change(const Request& request, std::string_view what,
                                          std::string_view external_url) {
  const std::string begin(what);
  if (!request.authenticated && !request.peer_is_loopback) {
    return text_response(403,
                         begin +
                             " over HTTP is allowed from loopback addresses only, and to those who prove "
                             "who they are by --web.config.file");
  }
  if (!is_own(request, authority_of(external_url)))
    return text_response(403, begin + " over HTTP is not allowed to web pages of another origin");
  return std::nullopt;
}

}  // namespace rdpwatch::http
