#include "daemon/pages/groups_page.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <string>
#include <utility>

#include "daemon/api/target_page.hpp"
#include "daemon/pages/fleet_rows.hpp"
#include "daemon/pages/target_row.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using fleet::TargetStatus;

/// A group, its targets counted, and how its last runs failed.
struct Group {
  std::string_view name;
  fleet::StateCounts counts{};
  fleet::FailureCounts failures;
  const fleet::PathFailure* path = nullptr;  ///< that a member went down with; null where none did
};

/// Those whose name has `text` in it, the most failing first, then the most unknown, then by name.
std::vector<Group> groups_of(const std::vector<fleet::StatePtr>& fleet,
                             const fleet::FleetJudgement& judgement, const std::string& text) {
  std::map<std::string_view, Group> by_name;
  for (const auto& state : fleet) {
    Group& group = by_name[state->target->group];
    group.name = state->target->group;
    fleet::count(group.counts, *state);
    fleet::count(group.failures, *state);
    // Only who fails went down with others, and to ask costs more than to count.
    const bool fails = state->last_result && state->last_result->failure;
    if (fails && group.path == nullptr)
      group.path = judgement.standing(state->key, state->target->group).path;
  }
  std::vector<Group> out;
  for (auto& [name, group] : by_name) {
    if (api::lower_case(name).find(text) != std::string::npos) out.push_back(std::move(group));
  }
  std::stable_sort(out.begin(), out.end(), [](const Group& a, const Group& b) {
    return std::pair(fleet::failing(b.counts), fleet::of(b.counts, TargetStatus::unknown)) <
           std::pair(fleet::failing(a.counts), fleet::of(a.counts, TargetStatus::unknown));
  });
  return out;
}

void put_main_reason(json::object& row, const Group& group) {
  json::array main = reason_rows(group.failures, {{"group", std::string(group.name)}}, 1);
  if (!main.empty()) row["group_reason"] = std::move(main.front());
}

json::object group_row(const Group& group, const api::RowContext& context) {
  json::object row{{"group_name", group.name},
                   {"group_page", group_link(group.name)},
                   {"group_total", fleet::total(group.counts)},
                   {"group_failing", fleet::failing(group.counts)},
                   {"group_bad", fleet::failing(group.counts) > 0}};
  for (const auto status : fleet::kTargetStatuses)
    row["group_" + std::string(fleet::name(status))] = fleet::of(group.counts, status);
  put_main_reason(row, group);
  if (group.path != nullptr) {
    row["group_path"] = path_row(*group.path, context.now);
  }
  return row;
}

}  // namespace

Page groups_page(const std::vector<fleet::StatePtr>& fleet, const api::RowContext& context,
                 Parameters parameters) {
  parameters = filled_in(std::move(parameters));
  if (auto fault = unknown_parameter(parameters, {"q", "page"})) return std::move(*fault);
  const auto parsed = api::parse_target_query(parameters, "");
  if (const auto* const fault = std::get_if<api::Fault>(&parsed))
    return fault_page(fault->status, fault->what, fault->allowed);
  auto query = std::get<api::TargetQuery>(parsed);
  query.per_page = kGroupRows;
  const auto groups = groups_of(fleet, *context.judgement, query.text);
  const auto [begin, end] = api::page_bounds(query, groups.size());
  json::array rows;
  for (std::size_t i = begin; i < end; ++i) rows.emplace_back(group_row(groups[i], context));
  Page page;
  page.name = "groups";
  page.title = "Groups";
  page.section = "groups";
  page.refreshes = true;
  json::object& model = page.model;
  model["no_rows"] = rows.empty();
  model["rows"] = std::move(rows);
  model["asked_text"] = value_of(parameters, "q");
  // With few groups a filter is one thing more to read.
  model["can_filter"] = groups.size() > kGroupRows / 5 || !query.text.empty();
  model["is_filtered"] = !query.text.empty();
  model["pager"] = pager("groups", parameters, groups.size(), query.page, kGroupRows);
  return page;
}

}  // namespace rdpwatch::pages
