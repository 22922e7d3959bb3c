#include "daemon/pages/targets_page.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <set>
#include <string>
#include <utility>

#include "daemon/api/target_page.hpp"
#include "daemon/api/target_query.hpp"
#include "daemon/pages/fleet_rows.hpp"
#include "daemon/pages/list_query.hpp"
#include "daemon/pages/target_row.hpp"
#include "probes/diagnosis/cause_book.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;

constexpr std::string_view kPath = "targets";

struct Column {
  std::string_view title;
  std::string_view sort;  ///< its key; empty: can't be sorted by
};

constexpr std::array kColumns{Column{"State", "state"},
                              Column{"Target", "target"},
                              Column{"Group", "group"},
                              Column{"Since", "since"},
                              Column{"Why", ""},
                              Column{"Last run", "last_run"},
                              Column{"Duration", "duration"},
                              Column{"Certificate", "days_to_expiry"}};

json::array columns(const Parameters& parameters) {
  const std::string current = value_of(parameters, "sort");
  json::array out;
  for (const auto& column : kColumns) {
    json::object row{{"column_title", column.title}};
    if (!column.sort.empty()) {
      const bool ascending = current == column.sort;
      const bool descending = current == "-" + std::string(column.sort);
      const std::string next = (ascending ? "-" : "") + std::string(column.sort);
      row["column_link"] = link_of(kPath, with(without(parameters, "page"), "sort", next));
      row["column_sorted"] = ascending ? "ascending" : descending ? "descending" : "none";
      row["column_up"] = ascending;
      row["column_down"] = descending;
    }
    out.emplace_back(std::move(row));
  }
  return out;
}

json::object form(const std::vector<fleet::StatePtr>& fleet, const Parameters& parameters) {
  json::array states;
  for (const auto status : fleet::kTargetStatuses)
    states.emplace_back(option(fleet::name(status), value_of(parameters, "state") == fleet::name(status)));
  std::set<std::string_view> reason_names;
  for (const auto& state : fleet) {
    if (state->last_result && state->last_result->failure)
      reason_names.insert(handshake::name(state->last_result->failure->reason));
  }
  const std::string reason = value_of(parameters, "reason");
  const std::string cause = value_of(parameters, "cause");
  if (!reason.empty()) reason_names.insert(reason);
  json::array reasons;
  for (const auto name : reason_names) reasons.emplace_back(option(name, name == reason));
  json::array causes;
  for (const auto& row : diagnosis::causes()) {
    json::object entry = option(row.id, row.id == cause);
    entry["option_title"] = row.title;
    causes.emplace_back(std::move(entry));
  }
  // What the form has no field for stays as it is; the page begins anew.
  constexpr std::array<std::string_view, 7> kFields{"q", "state", "reason", "cause", "group", "site", "page"};
  json::array kept;
  for (const auto& parameter : parameters) {
    if (std::find(kFields.begin(), kFields.end(), parameter.name) == kFields.end())
      kept.push_back({{"kept_name", parameter.name}, {"kept_value", parameter.value}});
  }
  json::object out = place_fields(fleet, parameters);
  out["form_states"] = std::move(states);
  out["form_reasons"] = std::move(reasons);
  out["form_causes"] = std::move(causes);
  out["form_kept"] = std::move(kept);
  out["form_q"] = value_of(parameters, "q");
  return out;
}

}  // namespace

Page targets_page(const std::vector<fleet::StatePtr>& fleet, const api::RowContext& context,
                  Parameters parameters) {
  parameters = without(filled_in(std::move(parameters)), "format");
  Parameters asked = parameters;
  if (value_of(asked, "per_page").empty()) asked.push_back({"per_page", std::to_string(kRows)});
  const auto parsed = api::parse_target_query(asked, "");
  if (const auto* const fault = std::get_if<api::Fault>(&parsed))
    return fault_page(fault->status, fault->what, fault->allowed);
  const auto& query = std::get<api::TargetQuery>(parsed);
  const auto selected = api::select_page(fleet, query, context.now);
  json::array rows;
  for (const auto& state : selected.rows) rows.emplace_back(target_row(*state, context));
  const Parameters unpaged = without(without(parameters, "page"), "per_page");
  Page page;
  page.name = "targets";
  page.title = "Targets";
  page.section = "targets";
  page.refreshes = true;
  json::object& model = page.model;
  model["no_rows"] = rows.empty();
  model["rows"] = std::move(rows);
  model["columns"] = columns(parameters);
  put_chips(model, kPath, "All targets", parameters);
  model["form"] = form(fleet, parameters);
  model["pager"] = pager(kPath, parameters, selected.total, query.page, query.per_page);
  model["fleet_total"] = fleet.size();
  model["csv_link"] = "api/v1/targets?" + encode_query(with(unpaged, "format", "csv"));
  model["json_link"] = "api/v1/targets" + (unpaged.empty() ? "" : "?" + encode_query(unpaged));
  return page;
}

}  // namespace rdpwatch::pages
