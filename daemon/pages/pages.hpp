#pragma once
// The pages for people, at / and beside it, as HTML that needs no JavaScript.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/events/journal.hpp"
#include "daemon/fleet/result_store.hpp"
#include "daemon/http/query_string.hpp"
#include "daemon/http/router.hpp"
#include "daemon/maintenance/maintenances.hpp"
#include "daemon/metrics/self_metrics.hpp"
#include "daemon/on_demand/target_runs.hpp"
#include "daemon/pages/config_page.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// Everything must outlive the server.
struct PagesContext {
  const fleet::ResultStore& store;
  const metrics::SelfMetrics& self;
  const ConfigurationBoard& configuration;
  std::string version;
  on_demand::TargetRuns& runs;
  maintenance::Maintenances& maintenances;
  const events::Journal& journal;
  std::string external_url;  ///< see http::refusal_of_change
  std::function<fleet::WallTime()> now = [] { return std::chrono::system_clock::now(); };
};

class Pages {
 public:
  explicit Pages(PagesContext context) : context_(std::move(context)) {}
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  /// This must outlive the router.
  void add_to(http::Router& router) const;

 private:
  using Parameters = std::vector<http::QueryParameter>;
  /// Some paths give the same as a file.
  using Answer = std::variant<Page, http::Response>;
  using Make = std::function<Answer(const Parameters& parameters)>;
  /// `rest` is the path behind the tree's prefix.
  using MakeBelow = std::function<Page(std::string_view rest, const Parameters& parameters)>;

  /// A button of a target's page without JavaScript: answered when the run has ended.
  boost::asio::awaitable<http::Response> run(http::Request request, on_demand::RunKind kind) const;
  /// GET, and the form of /maintenance.
  http::Response maintenance(const http::Request& request) const;
  /// The buttons of the ones that go on: POST /maintenance/{id}/end.
  http::Response end_maintenance(const http::Request& request) const;
  Page target(std::string_view id) const;
  Page group(std::string_view encoded, const Parameters& parameters) const;

  void add(http::Router& router, const std::string& path, Make make) const;
  void add_below(http::Router& router, const std::string& prefix, const std::string& shown,
                 MakeBelow make) const;
  http::Response answer(const http::Request& request, const Make& make) const;

  PagesContext context_;
};

}  // namespace rdpwatch::pages
