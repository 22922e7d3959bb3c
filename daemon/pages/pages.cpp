#include "daemon/pages/pages.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <utility>
#include <variant>

#include "config/text.hpp"
#include "daemon/api/target_id.hpp"
#include "daemon/http/change_request.hpp"
#include "daemon/http/client_gone.hpp"
#include "daemon/pages/assets.hpp"
#include "daemon/pages/causes_page.hpp"
#include "daemon/pages/certificates_page.hpp"
#include "daemon/pages/clean_up_page.hpp"
#include "daemon/pages/config_page.hpp"
#include "daemon/pages/events_page.hpp"
#include "daemon/pages/group_page.hpp"
#include "daemon/pages/groups_page.hpp"
#include "daemon/pages/maintenance_page.hpp"
#include "daemon/pages/overview_page.hpp"
#include "daemon/pages/run_page.hpp"
#include "daemon/pages/security_page.hpp"
#include "daemon/pages/target_page.hpp"
#include "daemon/pages/targets_page.hpp"

namespace rdpwatch::pages {
namespace {

namespace asio = boost::asio;
using on_demand::RunKind;

constexpr std::string_view kTargets = "/targets/";
constexpr std::string_view kMaintenance = "/maintenance/";
constexpr std::string_view kEnd = "/end";

Page no_target(std::string_view id) {
  return fault_page(
      404,
      "there is no target with the id " + config::quoted(id) + "; it is not, or no longer, in the inventory",
      {"the targets that /targets lists"});
}

/// Ends when the run has. As many lines as a run has at most are kept.
asio::awaitable<void> listen(on_demand::TargetRun& run, std::vector<on_demand::LogLine>& log) {
  while (true) {
    std::optional<on_demand::LogLine> line = co_await run.next();
    if (!line) co_return;
    if (log.size() < on_demand::kMostLines) log.push_back(std::move(*line));
  }
}

/// The browser goes on to the page at `location`, which is relative to the request's path.
http::Response see_other(std::string location) {
  http::Response response = http::text_response(303, "see " + location);
  response.headers.emplace_back("Location", std::move(location));
  return response;
}

Page method_fault() {
  return fault_page(405, "this method is not allowed here", {"GET", "HEAD"});
}

}  // namespace

void Pages::add_to(http::Router& router) const {
  add(router, "/", [this](const Parameters&) {
    return overview_page(context_.store.snapshot(), {context_.now(), context_.store.judgement()},
                         context_.self.status());
  });
  add(router, "/targets", [this](const Parameters& parameters) {
    return targets_page(context_.store.snapshot(), {context_.now(), context_.store.judgement()}, parameters);
  });
  add(router, "/groups", [this](const Parameters& parameters) {
    return groups_page(context_.store.snapshot(), {context_.now(), context_.store.judgement()}, parameters);
  });
  for (const RunKind kind : {RunKind::probe, RunKind::diagnosis}) {
    router.add_tree(std::string(kTargets), std::string(path_end(kind)),
                    "POST /targets/{id}" + std::string(path_end(kind)),
                    [this, kind](http::Request request) { return run(std::move(request), kind); });
  }
  add_below(router, std::string(kTargets), "GET, HEAD /targets/{id}",
            [this](std::string_view rest, const Parameters&) { return target(rest); });
  add_below(router, "/groups/", "GET, HEAD /groups/{name}",
            [this](std::string_view rest, const Parameters& parameters) { return group(rest, parameters); });
  add(router, "/certificates", [this](const Parameters& parameters) {
    return certificates_page(context_.store.snapshot(), {context_.now(), context_.store.judgement()},
                             parameters);
  });
  add(router, "/security", [this](const Parameters& parameters) {
    return security_page(context_.store.snapshot(), context_.now(), parameters);
  });
  add(router, "/causes",
      [this](const Parameters& parameters) { return causes_page(context_.store.snapshot(), parameters); });
  add_below(router, "/causes/", "GET, HEAD /causes/{id}",
            [this](std::string_view id, const Parameters& parameters) {
              return cause_page(context_.store.snapshot(), {context_.now(), context_.store.judgement()}, id,
                                parameters);
            });
  add(router, "/events", [this](const Parameters& parameters) {
    const auto has_endpoint = [this](const fleet::EndpointKey& key) {
      return context_.store.find(key) != nullptr;
    };
    return events_page(context_.journal, has_endpoint, context_.now(), parameters);
  });
  add(router, "/config", [this](const Parameters& parameters) {
    return config_page(context_.configuration.get(), context_.self.status(), context_.now(), parameters);
  });
  add(router, "/clean-up", [this](const Parameters& parameters) {
    return clean_up_page(context_.store.snapshot(), context_.now(), parameters);
  });
  router.add({"GET", "POST"}, "/maintenance",
             [this](http::Request request) -> boost::asio::awaitable<http::Response> {
               http::Response response = maintenance(request);
               co_return response;
             });
  router.add_tree(std::string(kMaintenance), std::string(kEnd), "POST /maintenance/{id}/end",
                  [this](http::Request request) -> boost::asio::awaitable<http::Response> {
                    http::Response response = end_maintenance(request);
                    co_return response;
                  });
  router.add_tree("/assets/", "GET, HEAD /assets/",
                  [](http::Request request) -> boost::asio::awaitable<http::Response> {
                    http::Response response = asset_answer(request.path);
                    co_return response;
                  });
}

asio::awaitable<http::Response> Pages::run(http::Request request, RunKind kind) const {
  const Frame frame{context_.version, context_.now()};
  if (request.method != "POST") {
    Page fault = fault_page(405, "this is done by a button of the target's page", {"POST"});
    http::Response response = html_answer(std::move(fault), frame, request.path);
    response.headers.emplace_back("Allow", "POST");
    co_return response;
  }
  const auto change = http::refusal_of_change(request, in_words(kind), context_.external_url);
  if (change) co_return html_answer(fault_page(change->status, change->body), frame, request.path);
  std::string_view id = std::string_view(request.path).substr(kTargets.size());
  id.remove_suffix(path_end(kind).size());
  const auto key = api::key_of(id);
  if (!key) co_return html_answer(no_target(id), frame, request.path);
  const auto executor = co_await asio::this_coro::executor;
  on_demand::TargetRuns::Started started = context_.runs.start(*key, kind, executor);
  if (const auto* const refusal = std::get_if<on_demand::Refusal>(&started)) {
    Page fault = refusal->status == 404 ? no_target(id) : fault_page(refusal->status, refusal->text);
    http::Response response = html_answer(std::move(fault), frame, request.path);
    if (refusal->retry_after_seconds > 0)
      response.headers.emplace_back("Retry-After", std::to_string(refusal->retry_after_seconds));
    co_return response;
  }
  const auto running = std::move(std::get<std::unique_ptr<on_demand::TargetRun>>(started));
  std::vector<on_demand::LogLine> log;
  asio::awaitable<bool> listening = http::ends_before_client(listen(*running, log), request);
  const bool ended = co_await std::move(listening);
  if (!ended) co_return http::text_response(503, "the client went away");
  co_return html_answer(run_page(*key, running->result(), log), {context_.version, context_.now()},
                        request.path);
}

http::Response Pages::maintenance(const http::Request& request) const {
  if (request.method != "POST") {
    return answer(request, [this](const Parameters& parameters) {
      return maintenance_page(context_.maintenances.list(context_.now()), context_.now(), parameters);
    });
  }
  const Frame frame{context_.version, context_.now()};
  const auto change = http::refusal_of_change(request, "a maintenance", context_.external_url);
  if (change) return html_answer(fault_page(change->status, change->body), frame, request.path);
  auto form = read_maintenance_form(request.body);
  if (auto* const fault = std::get_if<Page>(&form))
    return html_answer(std::move(*fault), frame, request.path);
  const auto started = context_.maintenances.start(std::get<maintenance::StartRequest>(form), context_.now());
  if (const auto* const refusal = std::get_if<maintenance::Refusal>(&started))
    return html_answer(fault_page(400, refusal->what, refusal->allowed), frame, request.path);
  return see_other("maintenance");
}

http::Response Pages::end_maintenance(const http::Request& request) const {
  const Frame frame{context_.version, context_.now()};
  if (request.method != "POST") {
    Page fault = fault_page(405, "this is done by a button of the page /maintenance", {"POST"});
    http::Response response = html_answer(std::move(fault), frame, request.path);
    response.headers.emplace_back("Allow", "POST");
    return response;
  }
  const auto change = http::refusal_of_change(request, "a change of maintenance", context_.external_url);
  if (change) return html_answer(fault_page(change->status, change->body), frame, request.path);
  std::string_view id = std::string_view(request.path).substr(kMaintenance.size());
  id.remove_suffix(kEnd.size());
  if (!context_.maintenances.end(std::string(id), "", context_.now()))
    return html_answer(fault_page(404, "no maintenance with the id " + config::quoted(id) + " goes on",
                                  {"those that /maintenance lists"}),
                       frame, request.path);
  return see_other("../../maintenance");
}

Page Pages::target(std::string_view id) const {
  const auto key = api::key_of(id);
  const auto state = key ? context_.store.find(*key) : nullptr;
  if (!state) return no_target(id);
  return target_page(*state, context_.store.snapshot(), context_.journal,
                     {context_.now(), context_.store.judgement()});
}

Page Pages::group(std::string_view encoded, const Parameters& parameters) const {
  const auto key = api::key_of(encoded);
  if (!key || !key->address.empty())
    return fault_page(404, "there is no group at " + config::quoted(encoded),
                      {"the groups that /groups lists"});
  return group_page(key->target, context_.store.snapshot(), {context_.now(), context_.store.judgement()},
                    parameters);
}

void Pages::add(http::Router& router, const std::string& path, Make make) const {
  router.add({"GET"}, path,
             [this, make = std::move(make)](http::Request request) -> boost::asio::awaitable<http::Response> {
               http::Response response = answer(request, make);
               co_return response;
             });
}

void Pages::add_below(http::Router& router, const std::string& prefix, const std::string& shown,
                      MakeBelow make) const {
  auto handle = [this, prefix,
                 make = std::move(make)](http::Request request) -> boost::asio::awaitable<http::Response> {
    const std::string_view rest = std::string_view(request.path).substr(prefix.size());
    const bool reads = request.method == "GET" || request.method == "HEAD";
    http::Response response = answer(request, [&](const Parameters& parameters) -> Answer {
      return reads ? make(rest, parameters) : method_fault();
    });
    if (!reads) response.headers.emplace_back("Allow", "GET, HEAD");
    co_return response;
  };
  router.add_tree(prefix, shown, std::move(handle));
}

http::Response Pages::answer(const http::Request& request, const Make& make) const {
  const Frame frame{context_.version, context_.now()};
  const auto parameters = http::parse_query(request.query);
  Answer made = parameters ? make(*parameters) : fault_page(400, http::kBadQuery);
  if (auto* const file = std::get_if<http::Response>(&made)) return std::move(*file);
  return html_answer(std::get<Page>(std::move(made)), frame, request.path);
}

}  // namespace rdpwatch::pages
