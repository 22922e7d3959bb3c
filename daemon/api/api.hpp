#pragma once
// The API under /api/v1/, as deploy/openapi.yml describes it: what the result store knows, as JSON.
// Read-only.

#include <functional>
#include <string>

#include "daemon/api/answers.hpp"
#include "daemon/fleet/result_store.hpp"
#include "daemon/http/query_string.hpp"
#include "daemon/http/router.hpp"
#include "daemon/metrics/self_metrics.hpp"

namespace rdpwatch::api {

/// Everything must outlive the server.
struct ApiContext {
  const fleet::ResultStore& store;
  const metrics::SelfMetrics& self;
  std::string version;
  fleet::WallTime started;  ///< of the daemon
  std::function<fleet::WallTime()> now = [] { return std::chrono::system_clock::now(); };
};

class Api {
 public:
  explicit Api(ApiContext context) : context_(std::move(context)) {}
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  /// Everything under /api/. This must outlive the router.
  void add_to(http::Router& router) const;

  /// The answer to one request under /api/. On the server's thread; tests/bench/api_targets.cpp measures how
  /// long it takes there.
  http::Response answer(const http::Request& request) const;

 private:
  using Parameters = std::vector<http::QueryParameter>;

  http::Response targets(const http::Request& request, const Parameters& parameters) const;
  http::Response target(std::string_view id, const Parameters& parameters) const;
  http::Response groups(const Parameters& parameters) const;
  http::Response status(const Parameters& parameters) const;
  http::Response explain(const Parameters& parameters) const;

  ApiContext context_;
};

}  // namespace rdpwatch::api
