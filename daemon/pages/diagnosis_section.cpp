#include "daemon/pages/diagnosis_section.hpp"

#include <string>
#include <utility>

#include "daemon/report/diagnosis_report.hpp"
#include "daemon/report/json_parts.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using report::put_text;

json::object check_row(const diagnosis::Check& check) {
  json::object row{{"step_text", check.look}};
  put_text(row, "step_place", diagnosis::describe_place(check));
  put_text(row, "step_command", check.command);
  if (!check.expect.empty()) row["step_note"] = "Seen: " + check.expect;
  return row;
}

json::object fix_row(const diagnosis::Fix& fix) {
  json::object row{{"step_text", fix.step + report::only_for(fix)}};
  put_text(row, "step_place", diagnosis::describe_place(fix));
  put_text(row, "step_command", fix.command);
  if (!fix.warning.empty()) row["step_note"] = "Beware: " + fix.warning;
  return row;
}

void put_list(json::object& row, const std::string& name, json::array list) {
  row["cause_has_" + name] = !list.empty();
  row["cause_" + name] = std::move(list);
}

}  // namespace

json::array check_rows(const diagnosis::Cause& cause) {
  json::array out;
  for (const auto& check : cause.checks) out.emplace_back(check_row(check));
  return out;
}

json::array fix_rows(const diagnosis::Cause& cause, std::optional<diagnosis::Platform> platform) {
  json::array out;
  for (const auto* const fix : diagnosis::fixes_for(cause, platform)) out.emplace_back(fix_row(*fix));
  return out;
}

json::array cause_rows(const std::vector<diagnosis::RankedCause>& causes,
                       std::optional<diagnosis::Platform> platform) {
  json::array out;
  for (const auto& ranked : causes) {
    json::object row;
    row["cause_likelihood"] = diagnosis::name(ranked.likelihood);
    row["cause_link"] = "causes/" + std::string(ranked.id);
    row["cause_title"] = ranked.id;
    put_list(row, "for", report::string_array(ranked.evidence));
    put_list(row, "against", report::string_array(ranked.against));
    json::array checks;
    json::array fixes;
    if (const auto* const cause = diagnosis::find_cause(ranked.id)) {
      row["cause_title"] = cause->title;
      row["cause_blame"] = diagnosis::describe(cause->blame);
      checks = check_rows(*cause);
      fixes = fix_rows(*cause, platform);
    }
    put_list(row, "checks", std::move(checks));
    put_list(row, "fixes", std::move(fixes));
    out.emplace_back(std::move(row));
  }
  return out;
}

}  // namespace rdpwatch::pages
