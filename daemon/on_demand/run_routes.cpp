#include "daemon/on_demand/run_routes.hpp"

#include <boost/asio/this_coro.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "config/text.hpp"
#include "daemon/api/answers.hpp"
#include "daemon/api/target_id.hpp"
#include "daemon/http/change_request.hpp"
#include "daemon/http/client_gone.hpp"
#include "daemon/report/json_text.hpp"

namespace rdpwatch::on_demand {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

constexpr std::string_view kTree = "/api/v1/targets/";
constexpr const char* kLines = "application/x-ndjson";

std::string as_line(const json::object& object) {
  return report::to_text(object, report::JsonLayout::compact) + "\n";
}

http::Response fault(const Refusal& refusal, std::vector<std::string> allowed = {}) {
  http::Response response = api::fault_answer({refusal.status, refusal.text, std::move(allowed)});
  if (refusal.retry_after_seconds > 0)
    response.headers.emplace_back("Retry-After", std::to_string(refusal.retry_after_seconds));
  return response;
}

/// {"log": ...} lines, then {"result": ...} or {"error": ...}.
class RunLines : public http::LiveBody {
 public:
  explicit RunLines(std::unique_ptr<TargetRun> run) : run_(std::move(run)) {}

  asio::awaitable<std::string> next() override {
    if (ended_) co_return std::string();
    const std::optional<LogLine> line = co_await run_->next();
    if (line) {
      const double seconds = std::chrono::duration<double>(line->at).count();
      co_return as_line({{"log", json::object{{"at_seconds", seconds}, {"text", line->text}}}});
    }
    ended_ = true;
    if (const auto refusal = no_verdict(run_->result())) co_return as_line({{"error", refusal->text}});
    co_return as_line({{"result", to_json(run_->result())}});
  }

 private:
  std::unique_ptr<TargetRun> run_;
  bool ended_ = false;
};

http::Response live(std::unique_ptr<TargetRun> run) {
  http::Response response;
  response.content_type = kLines;
  response.headers.emplace_back("X-Accel-Buffering", "no");  // nginx would hold the lines back
  response.live = std::make_unique<RunLines>(std::move(run));
  return response;
}

/// What is wrong with the request, apart from its target.
std::optional<http::Response> refused(const http::Request& request, RunKind kind,
                                      const std::string& external_url) {
  if (request.method != "POST") {
    http::Response response = fault({405, "this method is not allowed here"}, {"POST"});
    response.headers.emplace_back("Allow", "POST");
    return response;
  }
  if (const auto change = http::refusal_of_change(request, in_words(kind), external_url)) {
    std::string text = change->body;
    text.pop_back();
    return fault({change->status, text});
  }
  if (!request.query.empty()) return fault({400, "there are no parameters; none is allowed"});
  return std::nullopt;
}

}  // namespace

void RunRoutes::add_to(http::Router& router) {
  for (const RunKind kind : {RunKind::probe, RunKind::diagnosis}) {
    router.add_tree(std::string(kTree), std::string(path_end(kind)),
                    "POST " + std::string(kTree) + "{id}" + std::string(path_end(kind)),
                    [this, kind](http::Request request) { return run(std::move(request), kind); });
  }
}

asio::awaitable<http::Response> RunRoutes::run(http::Request request, RunKind kind) {
  std::optional<http::Response> wrong = refused(request, kind, external_url_);
  if (wrong) co_return std::move(*wrong);
  std::string_view id = request.path;
  id.remove_prefix(kTree.size());
  id.remove_suffix(path_end(kind).size());
  const auto key = api::key_of(id);
  const auto executor = co_await asio::this_coro::executor;
  TargetRuns::Started started = Refusal{404, ""};
  if (key) started = runs_.start(*key, kind, executor);
  if (const auto* const refusal = std::get_if<Refusal>(&started)) {
    if (refusal->status != 404) co_return fault(*refusal);
    co_return fault({404, "there is no target with the id " + config::quoted(id)},
                    {"the ids that /api/v1/targets has"});
  }
  auto running = std::move(std::get<std::unique_ptr<TargetRun>>(started));
  if (request.accept.find(kLines) != std::string::npos) co_return live(std::move(running));
  asio::awaitable<bool> ending = http::ends_before_client(running->end(), request);
  const bool ended = co_await std::move(ending);
  if (!ended) co_return http::text_response(503, "the client went away");
  if (const auto refusal = no_verdict(running->result())) co_return fault(*refusal);
  co_return api::json_answer(to_json(running->result()));
}

}  // namespace rdpwatch::on_demand
