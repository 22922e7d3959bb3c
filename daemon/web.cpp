#include "daemon/web.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/background.hpp"
#include "daemon/cli/logging.hpp"
#include "daemon/report/version.hpp"
#include "probes/diagnosis/client_error.hpp"

namespace rdpwatch {

namespace asio = boost::asio;

namespace {

http::Router router_of(http::Routes& routes, http::SdRoutes& sd_routes, const api::Api& api,
                       api::MaintenanceRoutes& maintenance_routes, const api::EventRoutes& event_routes,
                       on_demand::ProbeRoutes& probe_routes,
                       on_demand::RunRoutes& run_routes, const pages::Pages& pages) {
  http::Router router;
  routes.add_to(router);
  sd_routes.add_to(router);
  // Before the API, which has the rest of their tree.
  run_routes.add_to(router);
  maintenance_routes.add_to(router);
  event_routes.add_to(router);
  api.add_to(router);
  probe_routes.add_to(router);
  pages.add_to(router);
  return router;
}

std::string client_error_text(const handshake::Failure& failure) {
  const auto error = diagnosis::client_error(failure);
  return error ? diagnosis::to_label(*error) : std::string();
}

void note_http2(const http::AccessSettings& settings) {
  if (settings.config.http2_set) log::info("http2 has no effect: rdpwatch speaks HTTP/1.1");
}

void tell_of_access(const http::AccessSettings& in_force, const std::vector<std::string>& errors) {
  for (const std::string& error : errors)
    log::error("the web configuration is not valid, requests get status 500", {{"error", error}});
  if (!errors.empty()) return;
  log::info("the web configuration was read anew");
  note_http2(in_force);
}

std::unique_ptr<http::Access> access_of(asio::io_context& io, const std::string& file) {
  if (file.empty()) return nullptr;
  auto access = std::make_unique<http::Access>(io, file, tell_of_access);
  note_http2(*access->settings());
  return access;
}

/// What the configuration file does not have.
std::vector<std::pair<std::string, std::string>> shown_flags(const cli::ServeOptions& options) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& address : options.listen_addresses) out.emplace_back("--web.listen-address", address);
  out.emplace_back("--web.config.file", options.web_config_file.empty()
                                            ? "not in force: plain HTTP for everybody who can connect"
                                            : "in force: " + options.web_config_file);
  out.emplace_back("--web.external-url", options.external_url.empty() ? "none" : options.external_url);
  out.emplace_back("--events.file", options.events_file.empty() ? "none" : options.events_file);
  out.emplace_back("--web.enable-lifecycle", options.enable_lifecycle ? "yes" : "no");
  return out;
}

// Asks the control thread for a reload and continues on the server's own thread with the answer.
asio::awaitable<std::string> await_reload(asio::io_context& io, Web::Reload reload) {
  auto start = [&io, &reload](auto handler) {
    // A std::function must be copyable, the handler of a coroutine is not.
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    reload([&io, shared](std::string error) {
      asio::post(io, [shared, error = std::move(error)]() mutable { std::move (*shared)(std::move(error)); });
    });
  };
  std::string error = co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(std::string)>(
      start, asio::use_awaitable);
  co_return error;
}

}  // namespace

Web::Web(const cli::ServeOptions& options, const config::MetricsSettings& settings,
         const fleet::ResultStore& store, metrics::SelfMetrics& self, maintenance::Maintenances& maintenances,
         const events::Journal& journal,
         Reload reload, const scheduling::WatchedProbeFactory& probes)
    : access_(access_of(io_, options.web_config_file)),
      routes_(context(options, store, self, std::move(reload))),
      sd_routes_(store, options.external_url),
      api_({store, self, std::string(report::version().version), std::chrono::system_clock::now()}),
      maintenance_routes_(maintenances, options.external_url),
      event_routes_(journal),
      prober_(probes),
      probe_routes_(prober_, self, client_error_text),
      runs_(prober_, store, self),
      run_routes_(runs_, options.external_url),
      pages_({store, self, configuration_, std::string(report::version().version), runs_, maintenances, journal,
              options.external_url}),
      server_(io_,
              router_of(routes_, sd_routes_, api_, maintenance_routes_, event_routes_, probe_routes_, run_routes_,
                        pages_),
              {}, access_.get()) {
  set_metrics_settings(settings);
  configuration_.set_flags(shown_flags(options));
  server_.listen(options.listen_addresses);
  const bool tls = access_ && access_->settings()->tls;
  for (const auto& endpoint : server_.endpoints()) {
    log::info("listening",
              {{"address", endpoint.address().to_string()}, {"port", endpoint.port()}, {"tls", tls}});
  }
  thread_ = std::thread([this] {
    give_way_to_probes();
    io_.run();
  });
}

Web::~Web() {
  stop();
}

http::RoutesContext Web::context(const cli::ServeOptions& options, const fleet::ResultStore& store,
                                 metrics::SelfMetrics& self, Reload reload) {
  return {store,
          self,
          client_error_text,
          options.enable_lifecycle,
          options.external_url,
          [this, reload = std::move(reload)] { return await_reload(io_, reload); }};
}

void Web::set_metrics_settings(const config::MetricsSettings& settings) {
  routes_.set_targets_on_root(settings.targets_on_root);
  routes_.set_max_series(settings.max_series);
}

void Web::set_settings(const config::Settings& settings) {
  set_metrics_settings(settings.metrics);
  runs_.set_settings(settings.global);
  // Its inventory may be large, and the targets come by themselves.
  auto without_inventory = std::make_shared<config::Settings>();
  without_inventory->global = settings.global;
  without_inventory->modules = settings.modules;
  without_inventory->web = settings.web;
  probe_routes_.set_settings(std::move(without_inventory));
}

void Web::stop() {
  if (!thread_.joinable()) return;
  server_.stop();
  prober_.stop();
  // A client that waits for a reload waits for the control thread, which may be the one that stops us: what
  // the server still has to do is dropped, after all connections are closed.
  asio::post(io_, [this] { io_.stop(); });
  thread_.join();
}

}  // namespace rdpwatch
