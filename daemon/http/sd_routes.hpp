#pragma once
// Service discovery for Prometheus (http_sd): /sd has the fleet's targets, /sd/parts the scrapes that
// together bring the whole fleet's series.

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "daemon/fleet/result_store.hpp"
#include "daemon/http/authority.hpp"
#include "daemon/http/router.hpp"

namespace rdpwatch::http {

/// Endpoints that a part has at most, about, when /sd/parts chooses their number: some 200,000 series, which
/// Prometheus scrapes in about a second.
inline constexpr std::size_t kEndpointsAPart = 5000;

/// Runs on the server's thread; must outlive the server.
class SdRoutes {
 public:
  /// `external_url`: where this daemon is reached, or empty: where the request says (its Host header). Throws
  /// std::runtime_error when it is no plain http or https URL.
  SdRoutes(const fleet::ResultStore& store, const std::string& external_url);

  void add_to(Router& router);

 private:
  boost::asio::awaitable<Response> targets() const;
  Response parts(const Request& request) const;

  const fleet::ResultStore& store_;
  std::optional<WebUrl> external_url_;
};

}  // namespace rdpwatch::http
