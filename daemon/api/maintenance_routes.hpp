#pragma once
// GET and POST /api/v1/maintenance, DELETE /api/v1/maintenance/{id}, as deploy/openapi.yml describes them.

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/http/router.hpp"
#include "daemon/maintenance/maintenances.hpp"

namespace rdpwatch::api {

class MaintenanceRoutes {
 public:
  /// `maintenances` must outlive the server. `external_url`: see http::refusal_of_change.
  MaintenanceRoutes(
      maintenance::Maintenances& maintenances, std::string external_url,
      std::function<maintenance::WallTime()> now = [] { return std::chrono::system_clock::now(); })
      : maintenances_(maintenances), external_url_(std::move(external_url)), now_(std::move(now)) {}
  MaintenanceRoutes(const MaintenanceRoutes&) = delete;
  MaintenanceRoutes& operator=(const MaintenanceRoutes&) = delete;

  /// Before the API's own tree, which has the rest of /api/. This must outlive the router.
  void add_to(http::Router& router);

  /// The answer to one request at /api/v1/maintenance or below.
  http::Response answer(const http::Request& request);

 private:
  http::Response list(const http::Request& request) const;
  http::Response start(const http::Request& request);
  http::Response end(const http::Request& request, std::string_view id);

  maintenance::Maintenances& maintenances_;
  std::string external_url_;
  std::function<maintenance::WallTime()> now_;
};

}  // namespace rdpwatch::api
