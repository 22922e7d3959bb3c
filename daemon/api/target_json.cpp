#include "daemon/api/target_json.hpp"

#include <boost/json/array.hpp>

#include "daemon/api/maintenance_json.hpp"
#include "daemon/api/target_id.hpp"
#include "daemon/api/target_page.hpp"
#include "daemon/fleet/clean_up.hpp"
#include "daemon/fleet/findings.hpp"
#include "daemon/report/csv_row.hpp"
#include "daemon/report/json_parts.hpp"
#include "daemon/report/time_text.hpp"
#include "daemon/report/verdict.hpp"
#include "probes/diagnosis/cause_book.hpp"
#include "probes/diagnosis/client_error.hpp"

namespace rdpwatch::api {
namespace {

namespace json = boost::json;
using fleet::TargetState;
using report::rfc3339_seconds;

json::object labels_json(const TargetState& state) {
  json::object out;
  for (const auto& [name, value] : state.target->labels) out[name] = value;
  return out;
}

std::vector<std::string_view> problems(const handshake::CertificateFacts& facts, fleet::WallTime now) {
  std::vector<std::string_view> out;
  for (const auto problem : fleet::problems_of(facts, now)) out.push_back(handshake::name(problem));
  return out;
}

json::object certificate_summary(const handshake::CertificateFacts& facts, fleet::WallTime now) {
  json::object out;
  out["not_after"] = rfc3339_seconds(facts.not_after);
  out["days_to_expiry"] = report::round_to_tenth(report::days_to_expiry(now, facts));
  out["self_signed"] = facts.self_signed;
  out["problems"] = report::string_array(problems(facts, now));
  return out;
}

json::array causes_summary(const diagnosis::Diagnosis& diagnosis) {
  json::array out;
  for (const auto& ranked : diagnosis.causes) {
    if (out.size() == kShownCauses) break;
    json::object row;
    row["id"] = ranked.id;
    const auto* const cause = diagnosis::find_cause(ranked.id);
    if (cause != nullptr) row["title"] = cause->title;
    row["likelihood"] = diagnosis::name(ranked.likelihood);
    out.emplace_back(std::move(row));
  }
  return out;
}

std::vector<std::string> findings(const TargetState& state, fleet::WallTime now) {
  std::vector<std::string> out;
  fleet::for_each_finding(state, now, [&out](std::string_view id) { out.emplace_back(id); });
  return out;
}

json::array outliers_json(const TargetState& state, const RowContext& context) {
  json::array out;
  for (const auto& outlier : context.judgement->outliers_of(state.key))
    out.push_back({{"dimension", fleet::name(outlier.dimension)}, {"why", outlier.why}});
  return out;
}

std::string joined(const auto& range, auto&& text_of) {
  std::string out;
  for (const auto& element : range) out.append(out.empty() ? "" : " ").append(text_of(element));
  return out;
}

void put_failure_cells(report::CsvRow& row, const TargetState& state) {
  if (!state.last_result || !state.last_result->failure) {
    row.empty(5);
    return;
  }
  const auto& failure = *state.last_result->failure;
  row.text(handshake::name(failure.phase));
  row.text(handshake::name(failure.reason));
  row.text(handshake::name(handshake::category(failure.reason)));
  row.text(failure.detail);
  const auto error = diagnosis::client_error(failure);
  row.text(error ? to_label(*error) : "");
}

void put_certificate_cells(report::CsvRow& row, const TargetState& state, fleet::WallTime now) {
  if (!state.certificate) {
    row.empty(4);
    return;
  }
  const auto& facts = *state.certificate;
  row.text(rfc3339_seconds(facts.not_after));
  row.number(report::round_to_tenth(report::days_to_expiry(now, facts)));
  row.text(facts.self_signed ? "yes" : "no");
  row.text(joined(problems(facts, now), [](std::string_view name) { return name; }));
}

void put_host_cells(report::CsvRow& row, const TargetState& state) {
  if (!state.host) {
    row.empty(4);
    return;
  }
  const auto& host = *state.host;
  row.text(host.dns_computer.empty() ? host.netbios_computer : host.dns_computer);
  row.text(host.dns_domain.empty() ? host.netbios_domain : host.dns_domain);
  row.text(host.os_build);
  row.text(host.os_name);
}

}  // namespace

json::object target_json(const TargetState& state, const RowContext& context) {
  json::object out;
  out["id"] = id_of(state.key);
  out["target"] = state.key.target;
  report::put_text(out, "expanded_address", state.key.address);
  report::put_text(out, "address", state.last_address);
  out["group"] = state.target->group;
  out["module"] = state.target->recipe->module;
  out["labels"] = labels_json(state);
  out["state"] = fleet::name(state.status);
  out["since"] = rfc3339_seconds(state.status_since);
  if (state.maintenance) out["maintenance"] = maintenance_json(*state.maintenance);
  if (const auto why = fleet::clean_up(state, context.now)) out["clean_up"] = fleet::name(*why);
  if (state.last_run) out["last_run"] = rfc3339_seconds(*state.last_run);
  if (state.last_success) out["last_success"] = rfc3339_seconds(*state.last_success);
  out["consecutive_failures"] = state.consecutive_failures;
  out["interval_seconds"] = report::seconds(state.interval);
  if (state.last_result) {
    out["duration_seconds"] = report::seconds(state.last_result->duration);
    if (state.last_result->failure) report::put_failure(out, *state.last_result->failure);
  }
  if (state.diagnosis) out["causes"] = causes_summary(*state.diagnosis);
  if (state.certificate) out["certificate"] = certificate_summary(*state.certificate, context.now);
  out["findings"] = report::string_array(findings(state, context.now));
  out["outliers"] = outliers_json(state, context);
  const auto standing = context.judgement->standing(state.key, state.target->group);
  if (standing.judged_at != fleet::WallTime()) out["siblings"] = siblings_json(standing);
  if (state.host) {
    json::object host = report::host_json(*state.host);
    if (!host.empty()) out["host"] = std::move(host);
  }
  return out;
}

std::string csv_header() {
  return "id,target,expanded_address,address,group,module,labels,state,since,last_run,last_success,"
         "consecutive_failures,interval_seconds,duration_seconds,phase,reason,category,detail,client_error,"
         "causes,certificate_not_after,certificate_days_to_expiry,certificate_self_signed,"
         "certificate_problems,findings,outliers,computer,domain,os_build,os_name\r\n";
}

std::string csv_row(const TargetState& state, const RowContext& context) {
  const auto moment = [](const std::optional<fleet::WallTime>& time) {
    return time ? rfc3339_seconds(*time) : std::string();
  };
  report::CsvRow row;
  row.text(id_of(state.key));
  row.text(state.key.target);
  row.text(state.key.address);
  row.text(state.last_address);
  row.text(state.target->group);
  row.text(state.target->recipe->module);
  row.text(joined(state.target->labels, [](const auto& label) { return label.first + "=" + label.second; }));
  row.text(fleet::name(state.status));
  row.text(rfc3339_seconds(state.status_since));
  row.text(moment(state.last_run));
  row.text(moment(state.last_success));
  row.number(static_cast<double>(state.consecutive_failures));
  row.number(report::seconds(state.interval));
  if (state.last_result) {
    row.number(report::seconds(state.last_result->duration));
  } else {
    row.empty(1);
  }
  put_failure_cells(row, state);
  const auto causes = state.diagnosis ? causes_summary(*state.diagnosis) : json::array();
  row.text(joined(causes, [](const json::value& cause) -> std::string_view {
    return cause.as_object().at("id").as_string();
  }));
  put_certificate_cells(row, state, context.now);
  row.text(joined(findings(state, context.now), [](const std::string& id) { return id; }));
  row.text(joined(context.judgement->outliers_of(state.key),
                  [](const auto& outlier) { return fleet::name(outlier.dimension); }));
  put_host_cells(row, state);
  return row.take();
}

json::object siblings_json(const fleet::Standing& standing) {
  json::object out;
  out["others"] = standing.siblings;
  out["fine"] = standing.siblings_up;
  out["failing"] = standing.siblings - standing.siblings_up;
  return out;
}

json::object path_json(const fleet::PathFailure& path) {
  json::object out;
  out["scope"] = fleet::name(path.scope);
  out["name"] = path.name;
  out["since"] = rfc3339_seconds(path.since);
  out["members"] = path.members;
  out["still_up"] = path.still_up;
  return out;
}

}  // namespace rdpwatch::api
