#include "daemon/pages/groups_page.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <string>
#include <utility>

#include "daemon/api/target_query.hpp"
#include "daemon/pages/fleet_summary.hpp"
#include "daemon/pages/target_row.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using fleet::TargetStatus;

/// A group, its targets counted, and how its last runs failed.
struct Group {
  std::string_view name;
  StateCounts counts{};
  std::map<std::pair<handshake::Phase, handshake::FailureReason>, std::uint64_t> failures;
  const fleet::PathFailure* path = nullptr;  ///< that a member went down with; null where none did
};

std::uint64_t count(const Group& group, TargetStatus status) {
  return group.counts[static_cast<std::size_t>(status)];
}

/// Those whose name has `text` in it, the most failing first, then the most unknown, then by name.
std::vector<Group> groups_of(const std::vector<fleet::StatePtr>& fleet,
                             const fleet::FleetJudgement& judgement, const std::string& text) {
  std::map<std::string_view, Group> by_name;
  for (const auto& state : fleet) {
    Group& group = by_name[state->target->group];
    group.name = state->target->group;
    ++group.counts[static_cast<std::size_t>(state->status)];
    if (!state->last_result || !state->last_result->failure) continue;
    if (group.path == nullptr) group.path = judgement.standing(state->key, state->target->group).path;
    const auto& failure = *state->last_result->failure;
    ++group.failures[{failure.phase, failure.reason}];
  }
  std::vector<Group> out;
  for (auto& [name, group] : by_name) {
    if (api::lower_case(name).find(text) != std::string::npos) out.push_back(std::move(group));
  }
  std::stable_sort(out.begin(), out.end(), [](const Group& a, const Group& b) {
    return std::pair(failing(b.counts), count(b, TargetStatus::unknown)) <
           std::pair(failing(a.counts), count(a, TargetStatus::unknown));
  });
  return out;
}

void put_main_reason(json::object& row, const Group& group) {
  const auto most = std::max_element(group.failures.begin(), group.failures.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == group.failures.end()) return;
  const std::string phase(handshake::name(most->first.first));
  const std::string reason(handshake::name(most->first.second));
  row["group_reason"] = {
      {"main_text", reason + " in " + phase},
      {"main_targets", most->second},
      {"main_help", handshake::row(most->first.second).help},
      {"main_link",
       link_of("targets", {{"group", std::string(group.name)}, {"phase", phase}, {"reason", reason}})}};
}

json::object group_row(const Group& group, const api::RowContext& context) {
  json::object row{{"group_name", group.name},
                   {"group_page", group_link(group.name)},
                   {"group_total", total(group.counts)},
                   {"group_failing", failing(group.counts)},
                   {"group_bad", failing(group.counts) > 0}};
  for (const auto status : fleet::kTargetStatuses)
    row["group_" + std::string(fleet::name(status))] = count(group, status);
  put_main_reason(row, group);
  if (group.path != nullptr) {
    row["group_path"] = {{"path_scope", fleet::name(group.path->scope)},
                         {"path_name", group.path->name},
                         {"path_members", group.path->members},
                         {"path_since", moment(group.path->since, context.now)}};
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
  const auto& query = std::get<api::TargetQuery>(parsed);
  const auto groups = groups_of(fleet, *context.judgement, query.text);
  const std::size_t begin = std::min(groups.size(), (query.page - 1) * kGroupRows);
  const std::size_t end = std::min(groups.size(), begin + kGroupRows);
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
