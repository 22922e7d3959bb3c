#include "tests/sim/stats_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace rdpwatch::sim {

namespace {

namespace json = boost::json;

json::object to_object(const HostStats& stats) {
  json::object object{{"connections", stats.connections},
                      {"refused", stats.refused},
                      {"requests", stats.requests},
                      {"bad_requests", stats.bad_requests},
                      {"client_hellos", stats.client_hellos},
                      {"not_tls", stats.not_tls},
                      {"handshakes", stats.handshakes},
                      {"tls_failures", stats.tls_failures},
                      {"nla_negotiates", stats.nla_negotiates},
                      {"nla_authenticates", stats.nla_authenticates},
                      {"connect_initials", stats.connect_initials},
                      {"client_infos", stats.client_infos},
                      {"ultimatums", stats.ultimatums},
                      {"session_errors", stats.session_errors},
                      {"faults", stats.faults},
                      {"closed_by_close_notify", stats.closed_by_close_notify},
                      {"closed_by_fin", stats.closed_by_fin},
                      {"reset_by_client", stats.reset_by_client},
                      {"reset_by_host", stats.reset_by_host},
                      {"timed_out", stats.timed_out},
                      {"open", stats.open},
                      {"max_open", stats.max_open}};
  if (stats.min_spacing) object["min_spacing_ms"] = stats.min_spacing->count();
  if (stats.last_cookie) object["last_cookie"] = *stats.last_cookie;
  if (stats.last_server_name) object["last_server_name"] = *stats.last_server_name;
  if (!stats.last_tls_offer.empty()) object["last_tls_offer"] = stats.last_tls_offer;
  if (!stats.last_tls_error.empty()) object["last_tls_error"] = stats.last_tls_error;
  if (!stats.last_session_error.empty()) object["last_session_error"] = stats.last_session_error;
  json::array requested;
  for (const std::uint32_t mask : stats.requested_protocols) requested.push_back(mask);
  object["requested_protocols"] = std::move(requested);
  return object;
}

}  // namespace

std::string to_json(const Totals& totals, const std::map<boost::asio::ip::address, HostStats>& hosts) {
  json::object per_host;
  for (const auto& [address, stats] : hosts) per_host[address.to_string()] = to_object(stats);
  const json::object all{{"snapshot", totals.snapshot},
                         {"reloads", totals.reloads},
                         {"reload_failures", totals.reload_failures},
                         {"unserved", totals.unserved},
                         {"hosts", std::move(per_host)}};
  return json::serialize(all) + "\n";
}

}  // namespace rdpwatch::sim
