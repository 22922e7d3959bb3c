#include "daemon/pages/fleet_rows.hpp"

#include <array>
#include <set>
#include <string>
#include <utility>

#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

namespace json = boost::json;
using fleet::TargetStatus;

namespace {

void propose(std::set<std::string_view>& names, std::string_view name) {
  if (!name.empty() && names.size() < kProposed) names.insert(name);
}

json::array options(const std::set<std::string_view>& names) {
  json::array out;
  for (const auto name : names) out.emplace_back(option(name, false));
  return out;
}

}  // namespace

json::array state_tiles(const fleet::StateCounts& counts, const Parameters& within) {
  constexpr std::array kOrder{TargetStatus::down, TargetStatus::flapping, TargetStatus::unknown,
                              TargetStatus::maintenance, TargetStatus::up};
  json::array out;
  for (const auto status : kOrder) {
    const std::string name(fleet::name(status));
    out.push_back({{"tile_state", name},
                   {"tile_count", fleet::of(counts, status)},
                   {"tile_link", link_of("targets", with(within, "state", name))}});
  }
  return out;
}

json::array reason_rows(const fleet::FailureCounts& failures, const Parameters& within, std::size_t most) {
  json::array out;
  for (const auto& [failure, targets] : fleet::most_frequent_first(failures)) {
    if (out.size() == most) break;
    const std::string phase(handshake::name(failure.first));
    const std::string reason(handshake::name(failure.second));
    out.push_back(
        {{"reason_name", reason},
         {"reason_phase", phase},
         {"reason_help", handshake::row(failure.second).help},
         {"reason_targets", targets},
         {"reason_link", link_of("targets", with(with(within, "phase", phase), "reason", reason))}});
  }
  return out;
}

json::object path_row(const fleet::PathFailure& path, fleet::WallTime now) {
  return {{"path_scope", fleet::name(path.scope)}, {"path_name", path.name},
          {"path_members", path.members},          {"path_others", path.members - 1},
          {"path_still_up", path.still_up},        {"path_since", moment(path.since, now)}};
}

json::object place_fields(const std::vector<fleet::StatePtr>& fleet, const Parameters& parameters) {
  std::set<std::string_view> groups;
  std::set<std::string_view> sites;
  for (const auto& state : fleet) {
    propose(groups, state->target->group);
    propose(sites, state->target->label("site"));
  }
  return {{"form_groups", options(groups)},
          {"form_sites", options(sites)},
          {"form_group", value_of(parameters, "group")},
          {"form_site", value_of(parameters, "site")}};
}

}  // namespace rdpwatch::pages
