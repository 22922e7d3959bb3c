#include "daemon/pages/group_page.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "config/text.hpp"
#include "daemon/api/target_page.hpp"
#include "daemon/pages/fleet_rows.hpp"
#include "daemon/pages/group_columns.hpp"
#include "daemon/pages/groups_page.hpp"
#include "daemon/pages/target_row.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;

json::object member_row(const fleet::TargetState& state, const api::RowContext& context,
                        const GroupColumns& columns) {
  json::object row = target_row(state, context);
  for (const auto& outlier : context.judgement->outliers_of(state.key)) {
    if (outlier.dimension == fleet::OutlierDimension::failure) row["alone"] = outlier.why;
  }
  row["cells"] = columns.cells(state, context);
  return row;
}

/// What members went down together with others by: the group, a site or a subnet.
void put_path(json::object& model, const std::vector<fleet::StatePtr>& members,
              const api::RowContext& context) {
  for (const auto& member : members) {
    const auto* const path = context.judgement->standing(member->key, member->target->group).path;
    if (path == nullptr) continue;
    model["path"] = path_row(*path, context.now);
    return;
  }
}

}  // namespace

Page group_page(const std::string& group, const std::vector<fleet::StatePtr>& fleet,
                const api::RowContext& context, Parameters parameters) {
  parameters = filled_in(std::move(parameters));
  if (auto fault = unknown_parameter(parameters, {"page"})) return std::move(*fault);
  auto parsed = api::parse_target_query(parameters, "");
  if (const auto* const fault = std::get_if<api::Fault>(&parsed))
    return fault_page(fault->status, fault->what, fault->allowed);
  auto& query = std::get<api::TargetQuery>(parsed);
  std::vector<fleet::StatePtr> members;
  std::copy_if(fleet.begin(), fleet.end(), std::back_inserter(members),
               [&group](const auto& state) { return state->target->group == group; });
  if (members.empty())
    return fault_page(404, "there is no group " + config::quoted(group), {"the groups that /groups lists"});
  query.per_page = kGroupRows;
  const auto selected = api::select_page(members, query, context.now);
  const GroupColumns columns(members);
  json::array rows;
  for (const auto& state : selected.rows) rows.emplace_back(member_row(*state, context, columns));
  fleet::StateCounts states{};
  fleet::FailureCounts failures;
  for (const auto& member : members) {
    fleet::count(states, *member);
    fleet::count(failures, *member);
  }
  Page page;
  page.name = "group";
  page.title = "Group " + group;
  page.section = "groups";
  page.refreshes = true;
  json::object& model = page.model;
  model["tiles"] = state_tiles(states, {{"group", group}});
  put_path(model, members, context);
  model["has_reasons"] = !failures.empty();
  model["reason_counts"] = reason_rows(failures, {{"group", group}}, failures.size());
  model["columns"] = columns.titles();
  model["no_rows"] = rows.empty();
  model["rows"] = std::move(rows);
  model["pager"] = pager(group_link(group), parameters, selected.total, query.page, kGroupRows);
  model["list_link"] = link_of("targets", {{"group", group}});
  return page;
}

}  // namespace rdpwatch::pages
