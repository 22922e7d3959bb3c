#include "daemon/http/sd_routes.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "daemon/http/fleet_part.hpp"
#include "daemon/http/input_text.hpp"
#include "daemon/http/query_string.hpp"
#include "daemon/http/sd_targets.hpp"

namespace rdpwatch::http {
namespace {

/// Exactly what Prometheus asks for.
constexpr const char* kJson = "application/json";

std::uint32_t enough_parts(std::size_t endpoints) {
  const auto parts = (endpoints + kEndpointsAPart - 1) / kEndpointsAPart;
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(parts, 1, kMostParts));
}

/// All values are plain: numbers, and what is_authority() and parse_web_url() let through.
std::string part_entry(const WebUrl& url, std::uint32_t part, std::uint32_t parts) {
  const std::string number = std::to_string(part);
  std::string out = "{\"labels\":{\"__metrics_path__\":\"" + url.path + "/metrics/targets\",";
  if (!url.scheme.empty()) out += "\"__scheme__\":\"" + url.scheme + "\",";
  out += "\"__param_part\":\"" + number + "\",\"__param_parts\":\"" + std::to_string(parts) +
         "\",\"part\":\"" + number + "\"},\"targets\":[\"" + url.authority + "\"]}";
  return out;
}

}  // namespace

SdRoutes::SdRoutes(const fleet::ResultStore& store, const std::string& external_url) : store_(store) {
  if (external_url.empty()) return;
  external_url_ = parse_web_url(external_url);
  if (!external_url_) {
    throw std::runtime_error("--web.external-url " + quote_input(external_url) +
                             " can't be used, allowed: http:// or https:// with a host, a port and a path of "
                             "letters, digits and /-._~ if need be, and nothing more");
  }
}

void SdRoutes::add_to(Router& router) {
  router.add({"GET"}, "/sd", [this](const Request&) { return targets(); });
  router.add({"GET"}, "/sd/parts", [this](Request request) -> boost::asio::awaitable<Response> {
    Response response = parts(request);
    co_return response;
  });
}

boost::asio::awaitable<Response> SdRoutes::targets() const {
  std::vector<SdGroup> groups = co_await group_for_sd(store_.snapshot());
  Response response;
  response.content_type = kJson;
  response.stream = std::make_unique<SdTargetsStream>(std::move(groups));
  co_return response;
}

Response SdRoutes::parts(const Request& request) const {
  const auto query = parse_query(request.query);
  if (!query) return text_response(400, kBadQuery);
  std::uint32_t parts = enough_parts(store_.size());
  if (const auto asked = values_of(*query, "parts"); !asked.empty()) {
    const auto number = whole_number(asked[0], 1, kMostParts);
    if (!number) {
      return text_response(400, "parts " + quote_input(asked[0]) +
                                    " is not allowed; allowed: a whole number from 1 to " +
                                    std::to_string(kMostParts) + ", or none for as many as the fleet needs");
    }
    parts = *number;
  }
  WebUrl url{"", request.host, ""};
  if (external_url_) url = *external_url_;
  if (!is_authority(url.authority)) {
    return text_response(400,
                         "the Host header " + quote_input(request.host) +
                             " is not allowed; allowed: host, host:port or [IPv6]:port; or start rdpwatch "
                             "with --web.external-url");
  }
  Response response;
  response.content_type = kJson;
  for (std::uint32_t part = 0; part < parts; ++part)
    response.body.append(part == 0 ? "[" : ",\n").append(part_entry(url, part, parts));
  response.body.append("]\n");
  return response;
}

}  // namespace rdpwatch::http
