#pragma once
// TargetRuns: starts runs on targets for whoever asks: the API and the pages. One at a time on a target, and
// bounded in number and time; a host sees no more connections than the scheduler's gate allows.

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <mutex>
#include <set>
#include <variant>

#include "config/settings.hpp"
#include "daemon/fleet/result_store.hpp"
#include "daemon/metrics/self_metrics.hpp"
#include "daemon/on_demand/on_demand_prober.hpp"
#include "daemon/on_demand/target_run.hpp"

namespace rdpwatch::on_demand {

class TargetRuns {
 public:
  /// All must outlive this.
  TargetRuns(OnDemandProber& prober, const fleet::ResultStore& store, metrics::SelfMetrics& self);
  TargetRuns(const TargetRuns&) = delete;
  TargetRuns& operator=(const TargetRuns&) = delete;

  using Started = std::variant<std::unique_ptr<TargetRun>, Refusal>;

  /// Refused with 404 for an endpoint that the store does not know, 409 while another run is on it, 503 when
  /// kMostProbes run. `listener` runs one handler at a time, and its thread is the one that calls this; what
  /// it holds of runs must be destroyed on that thread, or after it has ended. Its execution context must
  /// outlive the prober's stop().
  Started start(const fleet::EndpointKey& key, RunKind kind, const boost::asio::any_io_executor& listener);

  /// From any thread.
  void set_settings(const config::GlobalSettings& settings);

 private:
  /// The endpoints that runs are on. Shared with the runs, which end on the prober's thread.
  struct Busy {
    std::mutex mutex;
    std::set<fleet::EndpointKey> endpoints;
  };

  OnDemandProber& prober_;
  const fleet::ResultStore& store_;
  metrics::SelfMetrics& self_;
  std::shared_ptr<Busy> busy_ = std::make_shared<Busy>();
  std::shared_ptr<OnDemandProber*> alive_ = std::make_shared<OnDemandProber*>(&prober_);  ///< as long as this
  std::mutex mutex_;
  config::GlobalSettings settings_;
};

}  // namespace rdpwatch::on_demand
