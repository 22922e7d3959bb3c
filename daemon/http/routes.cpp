#include "daemon/http/routes.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>

#include "daemon/http/change_request.hpp"
#include "daemon/metrics/group_exposition.hpp"
#include "daemon/metrics/target_exposition.hpp"

namespace rdpwatch::http {
namespace {

using Clock = std::chrono::steady_clock;

/// What rdpwatch_series becomes when the targets of a scrape had so many.
using SeriesNote = std::function<std::optional<std::uint64_t>(std::uint64_t series)>;

/// One scrape: the daemon's metrics and the groups', then the targets', as far as they are asked for.
class MetricsStream : public BodyStream {
 public:
  MetricsStream(metrics::SelfMetrics& self, std::optional<fleet::Groups> groups,
                std::unique_ptr<metrics::TargetExposition> targets, SeriesNote note)
      : self_(self), own_(groups.has_value()), targets_(std::move(targets)), note_(std::move(note)) {
    if (groups) groups_.emplace(std::move(*groups));
  }

  std::string_view next() override {
    const auto began = Clock::now();
    const std::string_view piece = next_piece();
    rendering_ += Clock::now() - began;
    bytes_ += piece.size();
    if (piece.empty()) {
      self_.exposition_done(rendering_, bytes_, targets_ ? note_(targets_->series()) : std::nullopt);
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
  SeriesNote note_;
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
  router.add(get, "/metrics",
             at_once([this](const Request&) { return metrics_response(true, targets_on_root_); }));
  router.add(get, "/metrics/targets",
             at_once([this](const Request& request) { return targets_response(request); }));
  router.add(get, "/config", at_once([this](const Request& request) { return config_response(request); }));
  router.add(get, "/-/healthy", at_once([](const Request&) { return text_response(200, "healthy"); }));
  router.add(get, "/-/ready", at_once([this](const Request&) {
               return ready_ ? text_response(200, "ready") : text_response(503, "not ready yet");
             }));
  router.add({"POST", "PUT"}, "/-/reload", [this](Request request) { return reload(std::move(request)); });
}

void Routes::set_shown_config(std::string yaml) {
  auto shown = std::make_shared<const std::string>(std::move(yaml));
  const std::scoped_lock lock(mutex_);
  shown_config_ = std::move(shown);
}

Response Routes::config_response(const Request& request) {
  std::shared_ptr<const std::string> shown;
  {
    const std::scoped_lock lock(mutex_);
    shown = shown_config_;
  }
  if (!shown) return text_response(503, "not ready yet");
  Response response;
  // Browsers save what they can't show.
  if (request.accept.find("yaml") != std::string::npos) response.content_type = "text/yaml; charset=utf-8";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = *shown;
  return response;
}

Response Routes::targets_response(const Request& request) {
  const auto query = parse_query(request.query);
  if (!query) return text_response(400, kBadQuery);
  const auto part = fleet_part_of(*query);
  if (const auto* const refused = std::get_if<std::string>(&part)) return text_response(400, *refused);
  return metrics_response(false, true, std::get<std::optional<FleetPart>>(part));
}

Response Routes::metrics_response(bool own, bool targets, std::optional<FleetPart> part) {
  std::optional<fleet::Groups> groups;
  if (own) groups = context_.store.groups();
  std::unique_ptr<metrics::TargetExposition> exposition;
  if (targets) {
    metrics::TargetExpositionOptions options;
    options.max_series = max_series_;
    options.client_error = context_.client_error;
    options.judgement = context_.store.judgement();
    auto states = context_.store.snapshot();
    if (part) {
      // Its share, so that all parts together stay below the bound.
      const std::uint64_t all = std::max<std::uint64_t>(states.size(), 1);
      keep_part(states, *part);
      options.max_series = options.max_series * states.size() / all;
    }
    exposition = std::make_unique<metrics::TargetExposition>(std::move(states), std::move(options));
    for (const auto& family : exposition->dropped())
      context_.self.series_dropped(family.family, family.series);
  }
  SeriesNote note = [](std::uint64_t series) { return std::optional(series); };
  if (part) note = [this, part](std::uint64_t series) { return series_of_parts_.note(*part, series); };
  Response response;
  response.content_type = kMetricsContentType;
  response.stream = std::make_unique<MetricsStream>(context_.self, std::move(groups), std::move(exposition),
                                                    std::move(note));
  return response;
}

boost::asio::awaitable<Response> Routes::reload(Request request) {
  if (!context_.lifecycle) {
    co_return text_response(403, "reloading over HTTP is off; start rdpwatch with --web.enable-lifecycle");
  }
  std::optional<Response> refused = refusal_of_change(request, "reloading", context_.external_url);
  if (refused) co_return std::move(*refused);
  const std::string error = co_await context_.reload();
  if (!error.empty()) co_return text_response(500, "the configuration was not reloaded:\n" + error);
  co_return text_response(200, "the configuration was reloaded");
}

}  // namespace rdpwatch::http
