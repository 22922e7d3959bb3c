#pragma once
// GET /probe, as the blackbox exporter has it.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "daemon/http/router.hpp"
#include "daemon/inventory/inventory.hpp"
#include "daemon/metrics/self_metrics.hpp"
#include "daemon/metrics/target_samples.hpp"
#include "daemon/on_demand/on_demand_prober.hpp"
#include "daemon/on_demand/probe_request.hpp"

namespace rdpwatch::on_demand {

/// 200 with the series for a success and for a failure of the target's. A probe that our own limits or our
/// own machine did not let happen says nothing of the target: 429 at the cap a minute, else 503 (one more
/// than kMostProbes, too), and the scrape fails instead of the host. Its runs are no runs of the scheduler's:
/// they change no state and no counter of the target.
class ProbeRoutes {
 public:
  /// Both must outlive the server; the handler runs on the server's thread.
  ProbeRoutes(OnDemandProber& prober, metrics::SelfMetrics& self, metrics::ClientErrorText client_error);

  void add_to(http::Router& router);

  // From any thread. Of the settings all but their inventory counts.
  void set_settings(std::shared_ptr<const config::Settings> settings);
  void set_inventory(std::shared_ptr<const inventory::Snapshot> inventory);

 private:
  boost::asio::awaitable<http::Response> probe(http::Request request);
  http::Response respond(const ProbeRequest& probe, const handshake::ProbeResult& result,
                         const config::Settings& settings, const std::vector<std::string>& log) const;

  OnDemandProber& prober_;
  metrics::SelfMetrics& self_;
  metrics::ClientErrorText client_error_;
  std::mutex mutex_;
  std::shared_ptr<const config::Settings> settings_;
  std::shared_ptr<const inventory::Snapshot> inventory_;
};

}  // namespace rdpwatch::on_demand
