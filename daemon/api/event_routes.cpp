#include "daemon/api/event_routes.hpp"

#include <boost/asio/awaitable.hpp>
#include <string>
#include <variant>
#include <vector>

#include "config/text.hpp"
#include "daemon/api/answers.hpp"
#include "daemon/api/event_query.hpp"
#include "daemon/events/event_json.hpp"
#include "daemon/report/csv_row.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::api {
namespace {

constexpr const char* kPath = "/api/v1/events";
constexpr const char* kCsvHeader = "id,time,type,target,address,group,text,details\r\n";

using Found = std::vector<events::EventPtr>;

http::Response as_json(Found found, bool more) {
  std::string head =
      R"({"schema":"rdpwatch.events/1","more":)" + std::string(more ? "true" : "false") + ",\"events\":[";
  const std::size_t rows = found.size();
  const auto append = [found = std::move(found)](std::size_t row, std::string& out) {
    out.append(events::to_json_line(*found[row]));
  };
  return rows_answer(kJson, std::move(head), ",", "]}\n", rows, append);
}

std::string csv_of(const events::Event& event) {
  report::CsvRow row;
  row.text(std::to_string(event.id));
  row.text(report::rfc3339_milliseconds(event.when));
  row.text(events::name(event.type));
  row.text(event.target);
  row.text(event.address);
  row.text(event.group);
  row.text(event.text);
  row.text(events::details_text(event));
  return row.take();
}

http::Response as_csv(Found found) {
  const std::size_t rows = found.size();
  const auto append = [found = std::move(found)](std::size_t row, std::string& out) {
    out.append(csv_of(*found[row]));
  };
  auto response = rows_answer("text/csv; charset=utf-8; header=present", kCsvHeader, "", "", rows, append);
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"rdpwatch-events.csv\"");
  return response;
}

}  // namespace

void EventRoutes::add_to(http::Router& router) const {
  router.add_tree(kPath, "GET, HEAD /api/v1/events",
                  [this](http::Request request) -> boost::asio::awaitable<http::Response> {
                    http::Response response = answer(request);
                    co_return response;
                  });
}

http::Response EventRoutes::answer(const http::Request& request) const {
  if (request.path != kPath)
    return fault_answer({404, "there is nothing at " + config::quoted(request.path), {kPath}});
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response response = fault_answer({405, "this method is not allowed here", {"GET", "HEAD"}});
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  const auto parameters = http::parse_query(request.query);
  if (!parameters) return fault_answer({400, http::kBadQuery, {}});
  auto parsed = parse_event_query(*parameters, request.accept, now_());
  if (const auto* const fault = std::get_if<Fault>(&parsed)) return fault_answer(*fault);
  auto& query = std::get<EventListQuery>(parsed);
  const std::size_t limit = query.events.limit++;
  Found found = journal_.query(query.events);
  const bool more = found.size() > limit;
  if (more) found.pop_back();
  return query.csv ? as_csv(std::move(found)) : as_json(std::move(found), more);
}

}  // namespace rdpwatch::api
