#pragma once
// GET /api/v1/events, as deploy/openapi.yml describes it.

#include <functional>
#include <utility>

#include "daemon/events/journal.hpp"
#include "daemon/http/router.hpp"

namespace rdpwatch::api {

class EventRoutes {
 public:
  /// `journal` must outlive the server.
  explicit EventRoutes(
      const events::Journal& journal,
      std::function<fleet::WallTime()> now = [] { return std::chrono::system_clock::now(); })
      : journal_(journal), now_(std::move(now)) {}
  EventRoutes(const EventRoutes&) = delete;
  EventRoutes& operator=(const EventRoutes&) = delete;

  /// Before the API's own tree, which has the rest of /api/. This must outlive the router.
  void add_to(http::Router& router) const;

  /// The answer to one request at /api/v1/events.
  http::Response answer(const http::Request& request) const;

 private:
  const events::Journal& journal_;
  std::function<fleet::WallTime()> now_;
};

}  // namespace rdpwatch::api
