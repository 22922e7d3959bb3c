#include "daemon/api/fleet_json.hpp"

#include <boost/json/array.hpp>
#include <map>
#include <utility>

#include "daemon/api/target_id.hpp"
#include "daemon/fleet/clean_up.hpp"
#include "daemon/fleet/state_counts.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::api {
namespace {

namespace json = boost::json;
using fleet::StatePtr;
using report::rfc3339_seconds;

json::object counts_json(const fleet::StateCounts& counts) {
  json::object out;
  for (const auto status : fleet::kTargetStatuses) out[fleet::name(status)] = fleet::of(counts, status);
  return out;
}

json::array failures_json(const fleet::FailureCounts& failures) {
  json::array out;
  for (const auto& [failure, targets] : fleet::most_frequent_first(failures)) {
    out.push_back({{"phase", handshake::name(failure.first)},
                   {"reason", handshake::name(failure.second)},
                   {"targets", targets}});
  }
  return out;
}

json::array paths_json(const fleet::FleetJudgement& judgement) {
  json::array out;
  for (const auto& path : judgement.paths()) {
    if (out.size() == kListedPaths) break;
    out.emplace_back(path_json(path));
  }
  return out;
}

void put_judgement(json::object& out, const fleet::FleetJudgement& judgement) {
  if (judgement.judged_at() == fleet::WallTime()) return;
  out["judged"] = rfc3339_seconds(judgement.judged_at());
  out["prober_blind"] = judgement.prober_blind();
  out["prober_clock_wrong"] = judgement.prober_clock_wrong();
  if (const auto skew = judgement.median_clock_skew())
    out["median_clock_skew_seconds"] = report::round_to_tenth(skew->count());
  out["path_failures"] = paths_json(judgement);
}

json::object configuration_json(const metrics::SelfStatus& self) {
  json::object out;
  out["last_reload_successful"] = self.reload_successful;
  if (self.last_reload_success) out["last_reload_success"] = rfc3339_seconds(*self.last_reload_success);
  return out;
}

struct Group {
  fleet::StateCounts counts{};
  fleet::FailureCounts failures;
};

}  // namespace

json::object status_json(const std::vector<StatePtr>& fleet, const RowContext& context,
                         const DaemonFacts& daemon) {
  fleet::StateCounts counts{};
  const fleet::TargetState* oldest = nullptr;
  std::uint64_t not_probed = 0;
  std::uint64_t to_clean_up = 0;
  for (const auto& state : fleet) {
    fleet::count(counts, *state);
    if (fleet::clean_up(*state, context.now)) ++to_clean_up;
    if (!state->last_run) {
      ++not_probed;
    } else if (oldest == nullptr || *state->last_run < *oldest->last_run) {
      oldest = state.get();
    }
  }
  json::object out;
  out["schema"] = "rdpwatch.status/1";
  out["version"] = daemon.version;
  out["now"] = rfc3339_seconds(context.now);
  out["started"] = rfc3339_seconds(daemon.started);
  out["uptime_seconds"] = std::chrono::floor<std::chrono::seconds>(context.now - daemon.started).count();
  out["configuration"] = configuration_json(daemon.self);
  json::object targets;
  targets["total"] = fleet.size();
  targets["by_state"] = counts_json(counts);
  json::object sources;
  for (const auto& [source, number] : daemon.self.targets_by_source) sources[source] = number;
  targets["by_source"] = std::move(sources);
  targets["not_probed_yet"] = not_probed;
  targets["clean_up"] = to_clean_up;
  out["targets"] = std::move(targets);
  put_judgement(out, *context.judgement);
  if (oldest != nullptr) {
    out["oldest_result"] = {{"id", id_of(oldest->key)},
                            {"target", oldest->key.target},
                            {"last_run", rfc3339_seconds(*oldest->last_run)}};
  }
  out["in_flight"] = daemon.self.in_flight;
  out["held_changes"] = daemon.self.held_changes;
  return out;
}

json::object groups_json(const std::vector<StatePtr>& fleet, const RowContext& context) {
  std::map<std::string_view, Group> groups;
  for (const auto& state : fleet) {
    Group& group = groups[state->target->group];
    fleet::count(group.counts, *state);
    fleet::count(group.failures, *state);
  }
  json::array rows;
  for (const auto& [name, group] : groups) {
    json::object row;
    row["group"] = name;
    row["total"] = fleet::total(group.counts);
    row["by_state"] = counts_json(group.counts);
    row["failures"] = failures_json(group.failures);
    for (const auto& path : context.judgement->paths()) {
      if (path.scope == fleet::PathScope::group && path.name == name) row["path_failure"] = path_json(path);
    }
    rows.emplace_back(std::move(row));
  }
  json::object out;
  out["schema"] = "rdpwatch.groups/1";
  out["groups"] = std::move(rows);
  if (context.judgement->judged_at() != fleet::WallTime())
    out["path_failures"] = paths_json(*context.judgement);
  return out;
}

}  // namespace rdpwatch::api
