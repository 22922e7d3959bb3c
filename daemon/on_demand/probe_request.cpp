#include "daemon/on_demand/probe_request.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "daemon/http/input_text.hpp"
#include "daemon/http/query_string.hpp"
#include "daemon/inventory/build_targets.hpp"
#include "daemon/on_demand/probe_permission.hpp"

namespace rdpwatch::on_demand {
namespace {

using Query = std::vector<http::QueryParameter>;
using http::quote_input;
using http::value_of;
using std::chrono::nanoseconds;

constexpr double kLongestScrapeTimeout = 86400;

std::string module_names(const config::Settings& settings) {
  std::string names;
  for (const auto& [name, module] : settings.modules) names += (names.empty() ? "" : ", ") + name;
  return names;
}

/// What is wrong with the parameters' names and number; empty when nothing is.
std::string fault_of(const Query& query) {
  for (const char* const name : {"target", "module", "hostname", "debug"}) {
    if (http::values_of(query, name).size() > 1)
      return std::string("the parameter ") + name + " is there twice; allowed: once";
  }
  if (value_of(query, "target").empty())
    return "the parameter target is missing; allowed: /probe?target=host:port, and module=, hostname=, "
           "debug=true";
  const std::string debug = value_of(query, "debug");
  if (!debug.empty() && debug != "true" && debug != "false")
    return "debug " + quote_input(debug) + " is not allowed; allowed: true or false";
  return "";
}

/// The scrape's time without the offset; zero when the client sent none. Nothing for one that can't be used.
std::optional<nanoseconds> scrape_time(const std::string& header) {
  if (header.empty()) return nanoseconds(0);
  double seconds = 0;
  const char* const end = header.data() + header.size();
  const auto parsed = std::from_chars(header.data(), end, seconds);
  if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(seconds)) return std::nullopt;
  const double offset = std::chrono::duration<double>(kTimeoutOffset).count();
  if (seconds <= offset || seconds > kLongestScrapeTimeout) return std::nullopt;
  return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds - offset));
}

inventory::TargetPtr unlisted_target(const handshake::ProbePlan& plan) {
  inventory::Target target;
  target.name = plan.target;
  target.host = plan.host;
  target.host_is_literal = plan.host_is_literal;
  target.port = plan.port;
  target.group = plan.group;
  target.recipe = std::make_shared<const handshake::ProbeRecipe>(plan);
  return std::make_shared<const inventory::Target>(std::move(target));
}

http::Response not_allowed(const std::string& target) {
  return http::text_response(
      403, target +
               " is not in the inventory; allowed: the inventory's targets, and the networks, host names and "
               "ports (3389 unless they are given) that web.probe.allow lists in rdpwatch's configuration");
}

void set_times(ProbeRequest& probe, nanoseconds scrape) {
  auto& timeout = probe.order.plan.timeout;
  if (scrape.count() > 0) timeout = std::min<handshake::Duration>(timeout, scrape);
  probe.budget =
      (scrape.count() > 0 ? std::max<nanoseconds>(scrape, timeout) : timeout + kWaitForLimits) + kSpare;
}

/// Fills in the target and the plan; what is wrong, or empty.
std::string choose_plan(ProbeRequest& probe, const Query& query, const config::TargetSettings& target,
                        const config::Settings& settings, const inventory::TargetPtr& known) {
  const std::string asked = value_of(query, "module");
  probe.module = !asked.empty() ? asked : known ? known->recipe->module : "tls";
  if (!settings.modules.contains(probe.module)) {
    return "module " + quote_input(probe.module) + " is not known; allowed: " + module_names(settings);
  }
  auto& plan = probe.order.plan;
  if (known && known->recipe->module == probe.module) {
    plan = known->plan();
  } else {
    plan = inventory::build_plan(settings, probe.module, target, std::chrono::milliseconds(0));
    if (known) plan.group = known->group;
    if (known) plan.timeout = known->recipe->timeout;
  }
  const std::string hostname = value_of(query, "hostname");
  if (!hostname.empty()) {
    config::TargetSettings name;
    std::string why;
    const bool is_name = hostname.find(':') == std::string::npos &&
                         config::parse_target(hostname, name, why) && !name.host_is_literal;
    if (!is_name)
      return "hostname " + quote_input(hostname) + " is not allowed; allowed: a host name without a port";
    plan.server_name = name.host;
  }
  probe.target = known ? known : unlisted_target(plan);
  return "";
}

}  // namespace

std::variant<ProbeRequest, http::Response> read_probe_request(const http::Request& request,
                                                              const config::Settings& settings,
                                                              const inventory::Snapshot& inventory) {
  std::string fault;
  const auto query = http::parse_query(request.query);
  if (!query) return http::text_response(400, http::kBadQuery);
  fault = fault_of(*query);
  if (!fault.empty()) return http::text_response(400, fault);
  config::TargetSettings target;
  if (!config::parse_target(value_of(*query, "target"), target, fault))
    return http::text_response(400, fault);
  const auto scrape = scrape_time(request.scrape_timeout);
  if (!scrape) {
    return http::text_response(
        400, "X-Prometheus-Scrape-Timeout-Seconds " + quote_input(request.scrape_timeout) +
                 " is not allowed; allowed: a number of seconds above 0.5, of which 0.5 are "
                 "kept for the answer");
  }
  const auto found = inventory.find(config::target_name(target));
  const inventory::TargetPtr known = found == inventory.end() ? nullptr : found->second;
  ProbeRequest probe;
  probe.debug = value_of(*query, "debug") == "true";
  fault = choose_plan(probe, *query, target, settings, known);
  if (!fault.empty()) return http::text_response(400, fault);
  if (!known) {
    probe.order.rules = allow_rules(settings.web.probe_allow);
    const Permission permission = permission_for(target, probe.order.rules);
    if (permission == Permission::refused) return not_allowed(probe.order.plan.target);
    probe.order.into_networks = permission == Permission::into_networks;
  }
  set_times(probe, *scrape);
  return probe;
}

}  // namespace rdpwatch::on_demand
