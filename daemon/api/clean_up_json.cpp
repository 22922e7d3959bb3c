#include "daemon/api/clean_up_json.hpp"

#include <boost/json/object.hpp>
#include <utility>

#include "config/text.hpp"
#include "daemon/api/target_id.hpp"
#include "daemon/report/csv_row.hpp"
#include "daemon/report/json_text.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::api {
namespace {

namespace json = boost::json;
using report::rfc3339_seconds;

constexpr const char* kCsv = "text/csv; charset=utf-8; header=present";

json::object row_json(const fleet::CleanUpRow& row) {
  json::object out;
  out["id"] = id_of(row.state->key);
  out["target"] = row.state->key.target;
  if (!row.state->key.address.empty()) out["expanded_address"] = row.state->key.address;
  out["group"] = row.state->target->group;
  out["source"] = row.state->target->source;
  out["reason"] = fleet::name(row.why);
  out["since"] = rfc3339_seconds(row.since);
  if (row.state->last_success) out["last_success"] = rfc3339_seconds(*row.state->last_success);
  return out;
}

std::string row_csv(const fleet::CleanUpRow& row) {
  report::CsvRow out;
  out.text(id_of(row.state->key));
  out.text(row.state->key.target);
  out.text(row.state->key.address);
  out.text(row.state->target->group);
  out.text(row.state->target->source);
  out.text(fleet::name(row.why));
  out.text(rfc3339_seconds(row.since));
  out.text(row.state->last_success ? rfc3339_seconds(*row.state->last_success) : "");
  return out.take();
}

}  // namespace

http::Response clean_up_answer(const std::vector<fleet::StatePtr>& fleet,
                               const std::vector<http::QueryParameter>& parameters, const std::string& accept,
                               fleet::WallTime now) {
  bool csv = accept.find("text/csv") != std::string::npos;
  for (const auto& parameter : parameters) {
    const bool is_format = parameter.name == "format";
    if (!is_format || (parameter.value != "json" && parameter.value != "csv"))
      return fault_answer({400,
                           is_format ? "there is no format " + config::quoted(parameter.value)
                                     : "there is no parameter " + config::quoted(parameter.name),
                           {"format=json", "format=csv"}});
    csv = parameter.value == "csv";
  }
  auto rows = fleet::clean_up_list(fleet, now);
  const std::size_t count = rows.size();
  if (csv) {
    auto response = rows_answer(
        kCsv, "id,target,expanded_address,group,source,reason,since,last_success\r\n", "", "", count,
        [rows = std::move(rows)](std::size_t row, std::string& out) { out.append(row_csv(rows[row])); });
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"rdpwatch-clean-up.csv\"");
    return response;
  }
  const std::string head =
      R"({"schema":"rdpwatch.clean_up/1","total":)" + std::to_string(count) + ",\"targets\":[";
  return rows_answer(kJson, head, ",", "]}\n", count,
                     [rows = std::move(rows)](std::size_t row, std::string& out) {
                       out.append(report::to_text(row_json(rows[row]), report::JsonLayout::compact));
                     });
}

}  // namespace rdpwatch::api
