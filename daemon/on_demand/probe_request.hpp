#pragma once
// From a request to /probe to what is to be probed, or to the answer that says why not. Pure functions.

#include <chrono>
#include <string>
#include <variant>

#include "config/settings.hpp"
#include "daemon/http/message.hpp"
#include "daemon/inventory/inventory.hpp"
#include "daemon/on_demand/on_demand_prober.hpp"

namespace rdpwatch::on_demand {

/// Taken off X-Prometheus-Scrape-Timeout-Seconds, so that the answer is there before Prometheus gives up.
inline constexpr std::chrono::milliseconds kTimeoutOffset{500};

/// Of the budget, beyond the probe's own timeout, so that a probe that runs into it can say so.
inline constexpr std::chrono::milliseconds kSpare{250};

/// What was asked for and may be.
struct ProbeRequest {
  ProbeOrder order;
  inventory::TargetPtr target;  ///< of the inventory, else made for this request, without labels
  std::string module;           ///< a key of Settings::modules
  bool debug = false;
  std::chrono::nanoseconds
      budget{};  ///< from the request to the answer: the wait for our own limits included
};

/// `target` (needed), `module` (else the inventory's for the target, else tls), `hostname` (the certificate
/// is held against it), `debug` (true or false). The refusal is 400 for what can't be understood and 403 for
/// a target that is neither in the inventory nor allowed.
std::variant<ProbeRequest, http::Response> read_probe_request(const http::Request& request,
                                                              const config::Settings& settings,
                                                              const inventory::Snapshot& inventory);

}  // namespace rdpwatch::on_demand
