#pragma once
// What programs ask the daemon for: metrics, health, reload.

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "daemon/fleet/result_store.hpp"
#include "daemon/http/fleet_part.hpp"
#include "daemon/http/router.hpp"
#include "daemon/metrics/self_metrics.hpp"
#include "daemon/metrics/target_samples.hpp"

namespace rdpwatch::http {

/// The Content-Type of text format 0.0.4.
inline constexpr const char* kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

/// What the routes show and do; everything must outlive the server.
struct RoutesContext {
  const fleet::ResultStore& store;
  metrics::SelfMetrics& self;
  metrics::ClientErrorText client_error;
  bool lifecycle = false;    ///< --web.enable-lifecycle
  std::string external_url;  ///< --web.external-url; empty without one
  /// Reloads the configuration; gives the error's text, empty on success. Started on the server's thread: a
  /// reload that takes its time runs elsewhere and is awaited.
  std::function<boost::asio::awaitable<std::string>()> reload;
};

class Routes {
 public:
  explicit Routes(RoutesContext context);
  Routes(const Routes&) = delete;
  Routes& operator=(const Routes&) = delete;

  void add_to(Router& router);

  // From any thread, at any time.
  void set_ready(bool ready) { ready_ = ready; }
  void set_targets_on_root(bool on_root) { targets_on_root_ = on_root; }
  void set_max_series(std::uint64_t max_series) { max_series_ = max_series; }
  /// What /config shows: config::shown_yaml() of the settings in force.
  void set_shown_config(std::string yaml);

 private:
  Response config_response(const Request& request);
  Response targets_response(const Request& request);
  Response metrics_response(bool own, bool targets, std::optional<FleetPart> part = std::nullopt);
  boost::asio::awaitable<Response> reload(Request request);

  RoutesContext context_;
  SeriesOfParts series_of_parts_;  ///< the server's thread only
  std::atomic<bool> ready_ = false;
  std::atomic<bool> targets_on_root_ = true;
  std::atomic<std::uint64_t> max_series_ = 3000000;
  std::mutex mutex_;
  std::shared_ptr<const std::string> shown_config_;  ///< guarded by mutex_; null until the start is over
};

}  // namespace rdpwatch::http
