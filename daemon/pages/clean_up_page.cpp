#include "daemon/pages/clean_up_page.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include "daemon/pages/target_row.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;

json::object row_of(const fleet::CleanUpRow& row, fleet::WallTime now) {
  json::object out;
  out["row_name"] = display_name(row.state->key);
  out["row_link"] = target_link(row.state->key);
  out["row_group"] = row.state->target->group;
  out["row_group_link"] = group_link(row.state->target->group);
  out["row_source"] = row.state->target->source;
  out["row_why"] = in_words(row.why);
  out["row_since"] = moment(row.since, now);
  return out;
}

}  // namespace

std::string_view in_words(fleet::CleanUp why) {
  switch (why) {
    case fleet::CleanUp::never_up:
      return "never seen up since it is known";
    case fleet::CleanUp::name_not_found:
      return "its name does not exist";
  }
  return "";
}

Page clean_up_page(const std::vector<fleet::StatePtr>& fleet, fleet::WallTime now,
                   const std::vector<http::QueryParameter>& parameters) {
  if (auto fault = unknown_parameter(parameters, {})) return std::move(*fault);
  Page page;
  page.name = "clean-up";
  page.title = "Clean-up";
  const auto rows = fleet::clean_up_list(fleet, now);
  json::array shown;
  for (const auto& row : rows) {
    if (shown.size() == kShownCleanUps) break;
    shown.emplace_back(row_of(row, now));
  }
  json::object& model = page.model;
  model["listed_total"] = rows.size();
  model["listed_some"] = rows.size() > shown.size();
  model["listed_shown"] = shown.size();
  model["has_rows"] = !shown.empty();
  model["clean_up_rows"] = std::move(shown);
  return page;
}

}  // namespace rdpwatch::pages
