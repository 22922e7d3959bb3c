#include "daemon/pages/maintenance_page.hpp"

#include <boost/json/array.hpp>
#include <sstream>
#include <utility>

#include "config/duration.hpp"
#include "config/maintenance_match.hpp"
#include "config/text.hpp"
#include "daemon/report/json_parts.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using maintenance::Listed;
using report::put_text;

json::object listed_row(const Listed& listed, fleet::WallTime now) {
  const auto& one = listed.maintenance;
  json::object out;
  put_text(out, "listed_id", one.id);
  out["listed_name"] = one.name;
  if (listed.match != one.name) out["listed_match"] = listed.match;
  out["listed_targets"] = listed.targets;
  out["listed_from"] = moment(one.from, now);
  out["listed_until"] = moment(one.until, now);
  out["listed_left"] = for_how_long(now, listed.active ? one.until : one.from);
  put_text(out, "listed_reason", one.reason);
  put_text(out, "listed_by", one.by);
  return out;
}

/// One a line; blanks around it are not meant.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos) continue;
    const auto end = line.find_last_not_of(" \t\r");
    out.push_back(line.substr(begin, end - begin + 1));
  }
  return out;
}

}  // namespace

Page maintenance_page(const std::vector<Listed>& listed, fleet::WallTime now,
                      const std::vector<http::QueryParameter>& parameters) {
  if (auto fault = unknown_parameter(parameters, {"match"})) return std::move(*fault);
  Page page;
  page.name = "maintenance";
  page.title = "Maintenance";
  page.section = "maintenance";
  json::array active;
  json::array upcoming;
  for (const Listed& one : listed) (one.active ? active : upcoming).emplace_back(listed_row(one, now));
  json::object& model = page.model;
  model["has_active"] = !active.empty();
  model["active_rows"] = std::move(active);
  model["has_upcoming"] = !upcoming.empty();
  model["upcoming_rows"] = std::move(upcoming);
  std::string match;
  for (const auto& one : http::values_of(parameters, "match"))
    match.append(match.empty() ? "" : "\n").append(one);
  put_text(model, "form_match", match);
  return page;
}

std::variant<maintenance::StartRequest, Page> read_maintenance_form(const std::string& body) {
  const auto fields = http::parse_query(body);
  if (!fields) return fault_page(400, http::kBadQuery);
  if (auto fault = unknown_parameter(*fields, {"match", "for", "reason", "by"})) return std::move(*fault);
  maintenance::StartRequest request;
  for (const auto& text : http::values_of(*fields, "match")) {
    for (auto& line : lines_of(text)) request.match.push_back(std::move(line));
  }
  if (request.match.empty())
    return fault_page(400, "the form does not say what to cover", {config::kMatchForms});
  const std::string written = http::value_of(*fields, "for");
  const auto duration = config::parse_duration(written);
  if (!duration)
    return fault_page(400, config::quoted(written) + " is no duration", {"1m to 30d, such as 30m or 2h"});
  request.duration = *duration;
  request.reason = http::value_of(*fields, "reason");
  request.by = http::value_of(*fields, "by");
  return request;
}

json::object covered_row(const fleet::Maintenance& maintenance, fleet::WallTime now) {
  json::object out;
  out["covered_name"] = maintenance.name;
  out["covered_until"] = moment(maintenance.until, now);
  out["covered_left"] = for_how_long(now, maintenance.until);
  put_text(out, "covered_reason", maintenance.reason);
  put_text(out, "covered_by", maintenance.by);
  return out;
}

}  // namespace rdpwatch::pages
