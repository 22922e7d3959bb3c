#include "daemon/http/standing_headers.hpp"

namespace rdpwatch::http {
namespace {

/// All that our pages need is ours, and nobody frames them.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

}  // namespace

StandingHeaders standing_headers(std::string_view content_type) {
  StandingHeaders headers = {
      {"X-Content-Type-Options", "nosniff"},
      // Not no-referrer: with it browsers send "Origin: null" from our own forms, which can't be told from a
      // foreign page's.
      {"Referrer-Policy", "same-origin"},
      // An answer is true at its moment only. What never changes says so itself.
      {"Cache-Control", "no-store"},
  };
  if (content_type.starts_with("text/html")) {
    headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  }
  return headers;
}

}  // namespace rdpwatch::http
