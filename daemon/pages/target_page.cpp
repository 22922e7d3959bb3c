#include "daemon/pages/target_page.hpp"

#include <boost/json/array.hpp>
#include <string>
#include <utility>

#include "daemon/api/target_detail.hpp"
#include "daemon/api/target_id.hpp"
#include "daemon/pages/charts.hpp"
#include "daemon/pages/clean_up_page.hpp"
#include "daemon/pages/diagnosis_section.hpp"
#include "daemon/pages/event_rows.hpp"
#include "daemon/pages/fact_list.hpp"
#include "daemon/pages/fleet_rows.hpp"
#include "daemon/pages/target_row.hpp"
#include "daemon/pages/target_sections.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using fleet::TargetState;

std::string seconds_text(std::chrono::milliseconds interval) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(interval).count()) + " s";
}

/// What is known without a probe, and how it is probed.
json::array about(const TargetState& state) {
  FactList facts;
  const std::string& address = state.last_address;
  facts.add("Address", address);
  if (state.last_good_address != address) facts.add("Address when it last answered", state.last_good_address);
  facts.add("Module", state.target->recipe->module);
  facts.add("Next run", "within " + seconds_text(state.interval) + " of the last");
  for (const auto& [name, value] : state.target->labels) facts.add(name, value);
  return facts.take();
}

void put_siblings(json::object& model, const fleet::Standing& standing, fleet::WallTime now) {
  json::array healthy;
  for (const auto& key : standing.healthy_siblings)
    healthy.push_back({{"sibling_name", display_name(key)}, {"sibling_link", target_link(key)}});
  model["has_healthy"] = !healthy.empty();
  model["healthy"] = std::move(healthy);
  model["us_first"] = standing.prober_blind || standing.prober_clock_wrong;
  model["us_text"] = standing.prober_blind
                         ? "Look at this prober's own network first: most of the fleet went down at once."
                         : "Look at this prober's own clock first: most hosts' differ from it.";
  if (standing.path == nullptr) return;
  model["path"] = path_row(*standing.path, now);
}

void put_runs(json::object& model, const TargetState& state, const api::RowContext& context) {
  json::array beats = heartbeat(state.runs, context.now);
  std::size_t failed = 0;
  for (std::size_t i = 0; i < state.runs.size(); ++i) failed += state.runs[i].failure ? 1 : 0;
  model["has_beats"] = !beats.empty();
  model["beats_failed"] = failed;
  model["beats_total"] = beats.size();
  model["beats"] = std::move(beats);
  json::object spark = sparkline(state.runs);
  if (!spark.empty()) model["spark"] = std::move(spark);
}

void put_phases(json::object& model, const TargetState& state, const std::vector<fleet::StatePtr>& fleet) {
  std::vector<fleet::StatePtr> members;
  for (const auto& other : fleet) {
    if (other->target->group == state.target->group) members.push_back(other);
  }
  json::array rows = waterfall(state, phase_spreads(members));
  model["has_phases"] = !rows.empty();
  model["phases"] = std::move(rows);
}

void put_diagnosis(json::object& model, const TargetState& state, const json::object& detail,
                   fleet::WallTime now) {
  const auto* const judged = detail.if_contains("diagnosis");
  if (judged == nullptr) return;
  json::object out;
  out["judged_us"] = judged->at("us_or_them");
  out["judged_when"] = moment(state.diagnosis->judged, now);
  json::array causes =
      cause_rows(state.diagnosis->causes, diagnosis::platform_by_name(state.target->label("platform")));
  out["has_causes"] = !causes.empty();
  out["judged_causes"] = std::move(causes);
  json::array experiments;
  for (const auto& made : judged->at("experiments").as_array()) {
    json::object row{{"experiment_question", made.at("question")},
                     {"experiment_target", made.at("target")},
                     {"experiment_outcome", made.at("outcome")}};
    experiments.emplace_back(std::move(row));
  }
  out["has_experiments"] = !experiments.empty();
  out["experiments"] = std::move(experiments);
  model["judged"] = std::move(out);
}

void put_events(json::object& model, const TargetState& state, const events::Journal& journal,
                fleet::WallTime now) {
  constexpr std::size_t kShownEvents = 20;
  events::EventQuery query;
  query.endpoint = state.key;
  query.limit = kShownEvents;
  json::array rows = event_rows(journal.query(query), now);
  model["has_events"] = !rows.empty();
  model["event_rows"] = std::move(rows);
  model["events_link"] = link_of("events", {{"target", state.key.target}});
}

/// Leaves an empty section out.
void put_section(json::object& model, std::string_view name, json::object section) {
  if (!section.empty()) model[name] = std::move(section);
}

}  // namespace

Page target_page(const TargetState& state, const std::vector<fleet::StatePtr>& fleet,
                 const events::Journal& journal, const api::RowContext& context) {
  const std::string id = api::id_of(state.key);
  Page page;
  page.name = "target";
  page.title = display_name(state.key);
  page.section = "targets";
  page.scripts = {"target.js"};
  page.refreshes = true;
  json::object& model = page.model;
  model["host"] = target_row(state, context);
  model["about"] = {{"facts", about(state)}};
  model["api_link"] = "api/v1/targets/" + id;
  model["maintenance_link"] = "maintenance?" + encode_query({{"match", "target=" + state.key.target}});
  if (const auto why = fleet::clean_up(state, context.now)) model["clean_up"] = in_words(*why);
  put_siblings(model, context.judgement->standing(state.key, state.target->group), context.now);
  put_runs(model, state, context);
  put_events(model, state, journal, context.now);
  put_phases(model, state, fleet);
  put_diagnosis(model, state, api::target_detail(state, context), context.now);
  put_section(model, "seen_certificate", certificate_section(state, context.now));
  put_section(model, "identity", identity_section(state));
  if (state.last_result) put_section(model, "security", security_section(*state.last_result));
  json::array findings = finding_rows(state, context.now);
  model["has_findings"] = !findings.empty();
  model["finding_rows"] = std::move(findings);
  if (state.audit) model["audited"] = audit_section(*state.audit, context.now);
  model["counted"] = counter_section(state);
  return page;
}

}  // namespace rdpwatch::pages
