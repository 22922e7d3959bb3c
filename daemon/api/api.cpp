#include "daemon/api/api.hpp"

#include <array>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <utility>

#include "config/text.hpp"
#include "daemon/api/clean_up_json.hpp"
#include "daemon/api/explain_json.hpp"
#include "daemon/api/fleet_json.hpp"
#include "daemon/api/target_detail.hpp"
#include "daemon/api/target_id.hpp"
#include "daemon/api/target_page.hpp"
#include "daemon/report/json_text.hpp"

namespace rdpwatch::api {
namespace {

constexpr const char* kTree = "/api/";
constexpr std::string_view kOneTarget = "/api/v1/targets/";
constexpr const char* kCsv = "text/csv; charset=utf-8; header=present";

const std::vector<std::string>& paths() {
  static const std::vector<std::string> all{"/api/v1/targets", "/api/v1/targets/{id}", "/api/v1/groups",
                                            "/api/v1/status",  "/api/v1/explain?q=",   "/api/v1/maintenance",
                                            "/api/v1/clean-up", "/api/v1/events"};
  return all;
}

/// Of an answer that takes no parameters.
std::optional<Fault> unwanted(const std::vector<http::QueryParameter>& parameters) {
  if (parameters.empty()) return std::nullopt;
  return Fault{
      400, "there is no parameter " + config::quoted(parameters.front().name) + "; none is allowed", {}};
}

http::Response page_as_json(TargetPage page, const TargetQuery& query, RowContext context) {
  std::string head = R"({"schema":"rdpwatch.targets/1","total":)" + std::to_string(page.total) +
                     ",\"page\":" + std::to_string(query.page) +
                     ",\"per_page\":" + std::to_string(query.per_page) + ",\"targets\":[";
  const std::size_t rows = page.rows.size();
  const auto append = [states = std::move(page.rows), context = std::move(context)](std::size_t row,
                                                                                    std::string& out) {
    out.append(report::to_text(target_json(*states[row], context), report::JsonLayout::compact));
  };
  return rows_answer(kJson, std::move(head), ",", "]}\n", rows, append);
}

http::Response page_as_csv(TargetPage page, RowContext context) {
  const std::size_t rows = page.rows.size();
  const auto append = [states = std::move(page.rows), context = std::move(context)](
                          std::size_t row, std::string& out) { out.append(csv_row(*states[row], context)); };
  auto response = rows_answer(kCsv, csv_header(), "", "", rows, append);
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"rdpwatch-targets.csv\"");
  return response;
}

}  // namespace

void Api::add_to(http::Router& router) const {
  router.add_tree(kTree, "GET, HEAD /api/v1/ (targets, targets/{id}, groups, status, explain, clean-up)",
                  [this](http::Request request) -> boost::asio::awaitable<http::Response> {
                    http::Response response = answer(request);
                    co_return response;
                  });
}

http::Response Api::answer(const http::Request& request) const {
  const std::string_view path = request.path;
  const bool known = path == "/api/v1/targets" || path == "/api/v1/groups" || path == "/api/v1/status" ||
                     path == "/api/v1/explain" || path == "/api/v1/clean-up" ||
                     (path.starts_with(kOneTarget) && path != kOneTarget);
  if (!known) return fault_answer({404, "there is nothing at " + config::quoted(path), paths()});
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response response = fault_answer({405, "this method is not allowed here", {"GET", "HEAD"}});
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  const auto parameters = http::parse_query(request.query);
  if (!parameters) return fault_answer({400, http::kBadQuery, {}});
  if (path == "/api/v1/targets") return targets(request, *parameters);
  if (path == "/api/v1/groups") return groups(*parameters);
  if (path == "/api/v1/status") return status(*parameters);
  if (path == "/api/v1/explain") return explain(*parameters);
  if (path == "/api/v1/clean-up")
    return clean_up_answer(context_.store.snapshot(), *parameters, request.accept, context_.now());
  return target(path.substr(kOneTarget.size()), *parameters);
}

http::Response Api::targets(const http::Request& request, const Parameters& parameters) const {
  const auto parsed = parse_target_query(parameters, request.accept);
  if (const auto* const fault = std::get_if<Fault>(&parsed)) return fault_answer(*fault);
  const auto& query = std::get<TargetQuery>(parsed);
  TargetPage page = select_page(context_.store.snapshot(), query, context_.now());
  RowContext rows{context_.now(), context_.store.judgement()};
  http::Response response = query.csv ? page_as_csv(std::move(page), std::move(rows))
                                      : page_as_json(std::move(page), query, std::move(rows));
  return response;
}

http::Response Api::target(std::string_view id, const Parameters& parameters) const {
  if (const auto fault = unwanted(parameters)) return fault_answer(*fault);
  const auto key = key_of(id);
  const auto state = key ? context_.store.find(*key) : nullptr;
  if (!state) {
    return fault_answer(
        {404, "there is no target with the id " + config::quoted(id), {"the ids that /api/v1/targets has"}});
  }
  return json_answer(target_detail(*state, {context_.now(), context_.store.judgement()}));
}

http::Response Api::groups(const Parameters& parameters) const {
  if (const auto fault = unwanted(parameters)) return fault_answer(*fault);
  return json_answer(groups_json(context_.store.snapshot(), {context_.now(), context_.store.judgement()}));
}

http::Response Api::status(const Parameters& parameters) const {
  if (const auto fault = unwanted(parameters)) return fault_answer(*fault);
  const DaemonFacts daemon{context_.version, context_.started, context_.self.status()};
  return json_answer(
      status_json(context_.store.snapshot(), {context_.now(), context_.store.judgement()}, daemon));
}

http::Response Api::explain(const Parameters& parameters) const {
  if (parameters.size() != 1 || parameters.front().name != "q")
    return fault_answer({400, "exactly one parameter is needed, q", {"q=0x904+0x7", "q=connection_reset"}});
  const auto explained = explain_json(parameters.front().value);
  if (const auto* const fault = std::get_if<Fault>(&explained)) return fault_answer(*fault);
  return json_answer(std::get<boost::json::object>(explained));
}

}  // namespace rdpwatch::api
