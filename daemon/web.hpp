#pragma once
// Web: the HTTP server on a thread of its own, so that a large scrape never delays a probe.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "config/settings.hpp"
#include "daemon/api/api.hpp"
#include "daemon/api/event_routes.hpp"
#include "daemon/api/maintenance_routes.hpp"
#include "daemon/cli/serve.hpp"
#include "daemon/events/journal.hpp"
#include "daemon/fleet/result_store.hpp"
#include "daemon/http/access.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/http/sd_routes.hpp"
#include "daemon/http/server.hpp"
#include "daemon/maintenance/maintenances.hpp"
#include "daemon/metrics/self_metrics.hpp"
#include "daemon/on_demand/on_demand_prober.hpp"
#include "daemon/on_demand/probe_routes.hpp"
#include "daemon/on_demand/run_routes.hpp"
#include "daemon/on_demand/target_runs.hpp"
#include "daemon/pages/pages.hpp"
#include "daemon/scheduling/probe_function.hpp"
#include "daemon/service/heartbeat.hpp"

namespace rdpwatch {

class Web {
 public:
  /// Reloads the configuration on another thread and calls `done` there with the error's text, empty on
  /// success.
  using Reload = std::function<void(std::function<void(std::string)> done)>;

  /// Listens and serves from here on. Throws std::runtime_error: http::ListenError where it can't listen,
  /// else for a bad web configuration or external address.
  Web(const cli::ServeOptions& options, const config::MetricsSettings& settings,
      const fleet::ResultStore& store, metrics::SelfMetrics& self, maintenance::Maintenances& maintenances,
      const events::Journal& journal,
      Reload reload, const scheduling::WatchedProbeFactory& probes);
  ~Web();
  Web(const Web&) = delete;
  Web& operator=(const Web&) = delete;

  // From any thread.
  void set_ready(bool ready) { routes_.set_ready(ready); }
  void set_metrics_settings(const config::MetricsSettings& settings);
  void set_settings(const config::Settings& settings);
  void set_inventory(std::shared_ptr<const inventory::Snapshot> inventory) {
    probe_routes_.set_inventory(std::move(inventory));
  }
  /// What the page of the configuration shows.
  pages::ConfigurationBoard& configuration() { return configuration_; }

  /// Its event loops, to see whether they are alive; good until stop().
  std::vector<service::Loop> loops() {
    return {{"http", io_.get_executor()}, {"on demand", prober_.executor()}};
  }

  /// Closes all connections and ends the thread. May be called again; not from the server's own thread.
  void stop();

 private:
  http::RoutesContext context(const cli::ServeOptions& options, const fleet::ResultStore& store,
                              metrics::SelfMetrics& self, Reload reload);

  boost::asio::io_context io_;
  std::unique_ptr<http::Access> access_;  ///< null without --web.config.file
  http::Routes routes_;
  http::SdRoutes sd_routes_;
  api::Api api_;
  api::MaintenanceRoutes maintenance_routes_;
  api::EventRoutes event_routes_;
  on_demand::OnDemandProber prober_;
  on_demand::ProbeRoutes probe_routes_;
  on_demand::TargetRuns runs_;
  on_demand::RunRoutes run_routes_;
  pages::ConfigurationBoard configuration_;
  pages::Pages pages_;
  http::Server server_;
  std::thread thread_;
};

}  // namespace rdpwatch
