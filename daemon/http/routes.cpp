#include "daemon/http/routes.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "daemon/http/landing_page.hpp"
#include "daemon/metrics/group_exposition.hpp"
#include "daemon/metrics/target_exposition.hpp"

namespace rdpwatch::http {
namespace {

using Clock = std::chrono::steady_clock;

/// One scrape: the daemon's metrics and the groups', then the targets', as far as they are asked for.
class MetricsStream : public BodyStream {
 public:
  MetricsStream(metrics::SelfMetrics& self, std::optional<fleet::Groups> groups,
                std::unique_ptr<metrics::TargetExposition> targets)
      : self_(self), own_(groups.has_value()), targets_(std::move(targets)) {
    if (groups) groups_.emplace(std::move(*groups));
  }

  std::string_view next() override {
    const auto began = Clock::now();
    const std::string_view piece = next_piece();
    rendering_ += Clock::now() - began;
    bytes_ += piece.size();
    if (piece.empty()) {
      self_.exposition_done(rendering_, bytes_, targets_ ? std::optional(targets_->series()) : std::nullopt);
    }
    return piece;
  }

 private:
  std::string_view next_piece() {
    if (own_ && own_text_.empty()) {
      own_text_ = self_.render();
      return own_text_;
    }
    if (groups_) {
      const auto piece = groups_->next();
      if (!piece.empty()) return piece;
    }
    return targets_ ? targets_->next() : std::string_view();
  }

  metrics::SelfMetrics& self_;
  bool own_;
  std::string own_text_;
  std::optional<metrics::GroupExposition> groups_;
  std::unique_ptr<metrics::TargetExposition> targets_;
  Clock::duration rendering_{};
  std::uint64_t bytes_ = 0;
};

/// A handler that answers at once.
template <class Make>
Handler at_once(Make make) {
  return [make](Request request) -> boost::asio::awaitable<Response> {
    Response response = make(request);
    co_return response;
  };
}

}  // namespace

Routes::Routes(RoutesContext context) : context_(std::move(context)) {}

void Routes::add_to(Router& router) {
  const std::vector<std::string> get{"GET"};
  router.add(get, "/",
             at_once([this](const Request&) { return landing_page(context_.store, context_.version); }));
  router.add(get, kStylesheetPath, at_once([](const Request&) { return landing_stylesheet(); }));
  router.add(get, "/metrics",
             at_once([this](const Request&) { return metrics_response(true, targets_on_root_); }));
  router.add(get, "/metrics/targets",
             at_once([this](const Request&) { return metrics_response(false, true); }));
  router.add(get, "/-/healthy", at_once([](const Request&) { return text_response(200, "healthy"); }));
  router.add(get, "/-/ready", at_once([this](const Request&) {
               return ready_ ? text_response(200, "ready") : text_response(503, "not ready yet");
             }));
  router.add({"POST", "PUT"}, "/-/reload", [this](Request request) { return reload(std::move(request)); });
}

Response Routes::metrics_response(bool own, bool targets) {
  std::optional<fleet::Groups> groups;
  if (own) groups = context_.store.groups();
  std::unique_ptr<metrics::TargetExposition> exposition;
  if (targets) {
    metrics::TargetExpositionOptions options;
    options.max_series = max_series_;
    options.client_error = context_.client_error;
    options.judgement = context_.store.judgement();
    exposition = std::make_unique<metrics::TargetExposition>(context_.store.snapshot(), std::move(options));
    for (const auto& family : exposition->dropped())
      context_.self.series_dropped(family.family, family.series);
  }
  Response response;
  response.content_type = kMetricsContentType;
  response.stream = std::make_unique<MetricsStream>(context_.self, std::move(groups), std::move(exposition));
  return response;
}

boost::asio::awaitable<Response> Routes::reload(Request request) {
  if (!context_.lifecycle) {
    co_return text_response(403, "reloading over HTTP is off; start rdpwatch with --web.enable-lifecycle");
  }
  if (!request.authenticated && !request.peer_is_loopback) {
    co_return text_response(403,
                            "reloading over HTTP is allowed from loopback addresses only, and to those who "
                            "prove who they are by --web.config.file");
  }
  // A page of another site, open in a browser on this machine, comes from loopback too; browsers say so.
  if (request.has_origin) co_return text_response(403, "reloading over HTTP is not allowed to web pages");
  const std::string error = co_await context_.reload();
  if (!error.empty()) co_return text_response(500, "the configuration was not reloaded:\n" + error);
  co_return text_response(200, "the configuration was reloaded");
}

}  // namespace rdpwatch::http
