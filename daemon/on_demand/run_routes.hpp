#pragma once
// POST /api/v1/targets/{id}/probe and /diagnose: a run on a target, with its log while it runs where the
// client takes application/x-ndjson.

#include <boost/asio/awaitable.hpp>
#include <string>

#include "daemon/http/router.hpp"
#include "daemon/on_demand/target_runs.hpp"

namespace rdpwatch::on_demand {

/// The handlers run on the server's thread. Answers as deploy/openapi.yml describes them.
class RunRoutes {
 public:
  /// `runs` must outlive the server. `external_url`: see http::refusal_of_change.
  RunRoutes(TargetRuns& runs, std::string external_url)
      : runs_(runs), external_url_(std::move(external_url)) {}
  RunRoutes(const RunRoutes&) = delete;
  RunRoutes& operator=(const RunRoutes&) = delete;

  /// Before the API's own tree, which has the rest of /api/.
  void add_to(http::Router& router);

 private:
  boost::asio::awaitable<http::Response> run(http::Request request, RunKind kind);

  TargetRuns& runs_;
  std::string external_url_;
};

}  // namespace rdpwatch::on_demand
