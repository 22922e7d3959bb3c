#include "daemon/api/target_detail.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include "daemon/report/audit_report.hpp"
#include "daemon/report/diagnosis_report.hpp"
#include "daemon/report/json_parts.hpp"
#include "daemon/report/result_json.hpp"

namespace rdpwatch::api {
namespace {

namespace json = boost::json;
using fleet::TargetState;
using report::rfc3339_seconds;

json::array healthy_json(const fleet::Standing& standing) {
  json::array out;
  for (const auto& key : standing.healthy_siblings)
    out.emplace_back(key.address.empty() ? key.target : key.target + " (" + key.address + ")");
  return out;
}

json::object diagnosis_json(const TargetState& state, const fleet::Standing& standing) {
  report::DiagnosisReport page;
  page.result = *state.last_result;
  page.diagnosis = *state.diagnosis;
  page.fleet.siblings = standing.siblings;
  page.fleet.siblings_up = standing.siblings_up;
  page.platform = diagnosis::platform_by_name(state.target->label("platform"));
  json::object all = report::to_json(page);
  json::object out;
  out["judged"] = rfc3339_seconds(state.diagnosis->judged);
  for (const auto* const key : {"us_or_them", "causes", "experiments"}) out[key] = std::move(all[key]);
  return out;
}

/// The last successful runs, phase by phase.
json::array durations_json(const TargetState& state) {
  json::array out;
  for (std::size_t i = 0; i < fleet::kGroupPhases.size(); ++i) {
    const auto newest = state.durations.newest(i);
    if (!newest) continue;
    json::object row;
    row["phase"] = handshake::name(fleet::kGroupPhases[i]);
    row["newest_seconds"] = report::seconds(*newest);
    if (const auto shortest = state.durations.shortest(i))
      row["shortest_seconds"] = report::seconds(*shortest);
    out.emplace_back(std::move(row));
  }
  return out;
}

/// The newest first.
json::array runs_json(const TargetState& state) {
  json::array out;
  for (std::size_t i = 0; i < state.runs.size(); ++i) {
    const auto run = state.runs[i];
    json::object row;
    row["finished"] = rfc3339_seconds(run.finished);
    row["success"] = !run.failure;
    if (run.failure) {
      row["phase"] = handshake::name(run.failure->phase);
      row["reason"] = handshake::name(run.failure->reason);
    }
    row["duration_seconds"] = report::seconds(run.duration);
    out.emplace_back(std::move(row));
  }
  return out;
}

json::object counters_json(const TargetState& state) {
  json::object out;
  out["runs"] = state.probes_total;
  out["failed_runs"] = state.probe_failures_total;
  out["attempts"] = state.attempts_total;
  out["failed_attempts"] = state.attempt_failures_total;
  out["certificate_changes"] = state.certificate_changes;
  return out;
}

void put_certificate(json::object& out, const TargetState& state, fleet::WallTime now) {
  if (!state.certificate) return;
  // What the row says of its problems is judged now; the rest of the certificate is as it was seen.
  json::object row = std::move(out["certificate"].as_object());
  json::object all = report::certificate_json(*state.certificate, now);
  all["problems"] = std::move(row["problems"]);
  all["self_signed"] = std::move(row["self_signed"]);
  if (state.certificate_last_seen()) all["last_seen"] = rfc3339_seconds(*state.certificate_last_seen());
  out["certificate"] = std::move(all);
}

}  // namespace

json::object target_detail(const TargetState& state, const RowContext& context) {
  json::object out;
  out["schema"] = "rdpwatch.target/1";
  for (auto& [key, value] : target_json(state, context)) out[key] = std::move(value);
  put_certificate(out, state, context.now);
  if (state.unexpected_change) {
    out["certificate_change"] = {{"when", rfc3339_seconds(state.unexpected_change->when)},
                                 {"why", state.unexpected_change->why}};
  }
  report::put_text(out, "last_good_address", state.last_good_address);
  if (state.consecutive_failures > 0) out["failing_since"] = rfc3339_seconds(state.failing_since);
  out["verdict_changes"] = state.verdicts.changes();
  out["counters"] = counters_json(state);
  out["durations"] = durations_json(state);
  out["recent_runs"] = runs_json(state);
  const auto standing = context.judgement->standing(state.key, state.target->group);
  if (standing.judged_at != fleet::WallTime()) {
    out["judged"] = rfc3339_seconds(standing.judged_at);
    out["siblings"].as_object()["healthy"] = healthy_json(standing);
  }
  if (standing.path != nullptr) out["path_failure"] = path_json(*standing.path);
  if (state.clock.skew) out["clock_skew_seconds"] = report::round_to_tenth(state.clock.skew->count());
  if (state.last_result) out["result"] = report::to_json(*state.last_result);
  if (state.diagnosis && state.last_result) out["diagnosis"] = diagnosis_json(state, standing);
  if (state.audit) out["audit"] = report::to_json(*state.audit);
  return out;
}

}  // namespace rdpwatch::api
