#include "daemon/on_demand/no_verdict.hpp"

#include "daemon/on_demand/on_demand_prober.hpp"

namespace rdpwatch::on_demand {

using handshake::Verdict;

Refusal no_verdict(const handshake::ProbeResult& result) {
  const std::string nothing = "; this says nothing of " + result.target;
  if (result.verdict == Verdict::local_fault) {
    const std::string detail = result.failure ? result.failure->detail : std::string();
    return {503, "rdpwatch's own machine could not probe: " + detail + nothing, 5};
  }
  if (result.abandoned_why == kNotAllowed) {
    return {
        403,
        result.target +
            " has no address in the networks that web.probe.allow lists, and its name is not listed there; "
            "allowed: those networks, and the inventory's targets"};
  }
  if (result.abandoned_why == "rate_cap") {
    return {429,
            "more connections to this host than global.max_connections_per_minute allows, scheduled probes "
            "included; try again in a minute, the last scheduled result is in /metrics/targets" +
                nothing,
            60};
  }
  return {503,
          "the probe did not come to its turn (" + result.abandoned_why +
              "): rdpwatch's own limits on connections took the time" + nothing,
          5};
}

Refusal too_many() {
  return {503,
          "as many probes are running over HTTP as are allowed, " + std::to_string(kMostProbes) +
              "; try again later",
          1};
}

http::Response as_response(const Refusal& refusal) {
  http::Response response = http::text_response(refusal.status, refusal.text);
  if (refusal.retry_after_seconds > 0)
    response.headers.emplace_back("Retry-After", std::to_string(refusal.retry_after_seconds));
  return response;
}

}  // namespace rdpwatch::on_demand
