#include "daemon/on_demand/probe_routes.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/http/client_gone.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/metrics/probe_exposition.hpp"
#include "daemon/on_demand/no_verdict.hpp"
#include "daemon/on_demand/probe_debug.hpp"
#include "daemon/on_demand/time_limit.hpp"

namespace rdpwatch::on_demand {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using handshake::ProbeResult;
using handshake::Verdict;

/// The client went away, or the budget is used up.
asio::awaitable<void> reason_to_end(const http::Request& request, std::chrono::nanoseconds budget) {
  asio::awaitable<bool> ending = http::ends_before_client(time_is_up(budget), request);
  co_await std::move(ending);
}

/// The lines of one probe. They come on the prober's thread, and may still come when the answer is made.
class DebugLog {
 public:
  void add(std::chrono::nanoseconds at, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    if (lines_.size() < kMostLines) lines_.push_back(log_line(at, text));
  }
  std::vector<std::string> lines() const {
    const std::scoped_lock lock(mutex_);
    return lines_;
  }

 private:
  static constexpr std::size_t kMostLines = 500;
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace

ProbeRoutes::ProbeRoutes(OnDemandProber& prober, metrics::SelfMetrics& self,
                         metrics::ClientErrorText client_error)
    : prober_(prober),
      self_(self),
      client_error_(std::move(client_error)),
      inventory_(std::make_shared<const inventory::Snapshot>()) {}

void ProbeRoutes::add_to(http::Router& router) {
  router.add({"GET"}, "/probe", [this](http::Request request) { return probe(std::move(request)); });
}

void ProbeRoutes::set_settings(std::shared_ptr<const config::Settings> settings) {
  const std::scoped_lock lock(mutex_);
  settings_ = std::move(settings);
}

void ProbeRoutes::set_inventory(std::shared_ptr<const inventory::Snapshot> inventory) {
  const std::scoped_lock lock(mutex_);
  inventory_ = std::move(inventory);
}

asio::awaitable<http::Response> ProbeRoutes::probe(http::Request request) {
  std::shared_ptr<const config::Settings> settings;
  std::shared_ptr<const inventory::Snapshot> inventory;
  {
    const std::scoped_lock lock(mutex_);
    settings = settings_;
    inventory = inventory_;
  }
  if (!settings) co_return as_response({503, "not ready yet", 1});
  auto read = read_probe_request(request, *settings, *inventory);
  if (auto* const refused = std::get_if<http::Response>(&read)) co_return std::move(*refused);
  const auto& wanted = std::get<ProbeRequest>(read);
  if (prober_.running() >= kMostProbes) co_return as_response(too_many());
  ProbeOrder order = wanted.order;
  const auto log = std::make_shared<DebugLog>();
  if (wanted.debug) order.watch.step = [log](auto at, const std::string& text) { log->add(at, text); };
  order.watch.admit_by = handshake::Clock::now() + wanted.budget - kSpare;
  asio::awaitable<ProbeResult> probing = prober_.probe(std::move(order));
  asio::awaitable<void> ending = reason_to_end(request, wanted.budget);
  asio::awaitable<std::variant<ProbeResult, std::monostate>> either = std::move(probing) || std::move(ending);
  const auto outcome = co_await std::move(either);
  const auto* const result = std::get_if<ProbeResult>(&outcome);
  if (result == nullptr) {
    ProbeResult cut_off;
    cut_off.target = wanted.order.plan.target;
    cut_off.module = wanted.module;
    cut_off.started = std::chrono::system_clock::now();
    cut_off.abandoned_why = "no time left";
    co_return respond(wanted, cut_off, *settings, log->lines());
  }
  if (result->verdict == Verdict::local_fault && result->failure) self_.local_fault(*result->failure);
  co_return respond(wanted, *result, *settings, log->lines());
}

http::Response ProbeRoutes::respond(const ProbeRequest& probe, const ProbeResult& result,
                                    const config::Settings& settings,
                                    const std::vector<std::string>& log) const {
  const bool has_verdict = result.verdict == Verdict::success || result.verdict == Verdict::failure;
  http::Response response;
  if (has_verdict) {
    response.content_type = http::kMetricsContentType;
    response.body = metrics::probe_exposition(result, probe.target, probe.order.plan.timeout, client_error_,
                                              std::chrono::system_clock::now());
  } else {
    response = as_response(no_verdict(result));
  }
  if (!probe.debug) return response;
  response.content_type = "text/plain; charset=utf-8";
  const std::string metrics = has_verdict ? response.body : std::string();
  response.body =
      (has_verdict ? std::string() : response.body + "\n") +
      debug_text(result, log, metrics, settings.modules.at(probe.module), probe.order.plan.timeout);
  return response;
}

}  // namespace rdpwatch::on_demand
