#include "daemon/pages/target_row.hpp"

#include <boost/json/array.hpp>
#include <chrono>
#include <utility>

#include "daemon/api/target_id.hpp"
#include "daemon/pages/maintenance_page.hpp"
#include "daemon/pages/page.hpp"
#include "daemon/report/first_check.hpp"
#include "daemon/report/json_parts.hpp"
#include "daemon/report/time_text.hpp"
#include "daemon/report/verdict.hpp"
#include "probes/diagnosis/cause_book.hpp"
#include "probes/diagnosis/client_error.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using fleet::TargetState;
using report::put_text;

void put_failure(json::object& out, const TargetState& state) {
  if (!state.last_result || !state.last_result->failure) return;
  const auto& failure = *state.last_result->failure;
  out["phase"] = handshake::name(failure.phase);
  out["reason"] = handshake::name(failure.reason);
  out["reason_meaning"] = handshake::row(failure.reason).help;
  put_text(out, "detail", failure.detail);
  if (const auto error = diagnosis::client_error(failure)) out["client_code"] = to_label(*error);
  const auto check =
      report::first_check(failure.phase, failure.reason, state.target->host, state.target->port);
  out["check"] = {{"where", check.where}, {"command", check.command}, {"look_for", check.look_for}};
}

void put_cause(json::object& out, const TargetState& state) {
  if (!state.diagnosis || state.diagnosis->causes.empty()) return;
  const auto& ranked = state.diagnosis->causes.front();
  const auto* const cause = diagnosis::find_cause(ranked.id);
  if (cause == nullptr) return;
  out["cause"] = {{"id", cause->id},
                  {"title", cause->title},
                  {"likelihood", diagnosis::name(ranked.likelihood)},
                  {"link", "causes/" + cause->id}};
}

void put_certificate(json::object& out, const TargetState& state, fleet::WallTime now) {
  if (!state.certificate) return;
  const double days = report::days_to_expiry(now, *state.certificate);
  out["certificate_days"] = report::round_to_tenth(days);
  out["certificate_class"] = life_class(days);
}

}  // namespace

json::object target_row(const TargetState& state, const api::RowContext& context) {
  json::object out;
  out["id"] = api::id_of(state.key);
  out["target"] = display_name(state.key);
  out["link"] = target_link(state.key);
  out["state"] = fleet::name(state.status);
  out["group"] = state.target->group;
  out["group_link"] = group_link(state.target->group);
  put_text(out, "site", state.target->label("site"));
  out["module"] = state.target->recipe->module;
  out["since"] = moment(state.status_since, context.now);
  if (state.maintenance) out["covered"] = covered_row(*state.maintenance, context.now);
  if (state.last_run) out["last_run"] = moment(*state.last_run, context.now);
  if (state.last_success) out["last_good"] = moment(*state.last_success, context.now);
  put_failure(out, state);
  put_cause(out, state);
  const auto standing = context.judgement->standing(state.key, state.target->group);
  if (standing.siblings > 0) {
    out["siblings"] = std::to_string(standing.siblings_up) + " of " + std::to_string(standing.siblings) +
                      (standing.siblings == 1 ? " other" : " others") + " of the group fine";
  }
  json::array changes = changes_of(state, context);
  out["changed"] = !changes.empty();
  out["changes"] = std::move(changes);
  if (state.last_result) {
    const auto duration = std::chrono::duration<double, std::milli>(state.last_result->duration);
    out["duration_ms"] = report::round_to_tenth(duration.count());
  }
  put_certificate(out, state, context.now);
  return out;
}

std::string_view life_class(double days) {
  if (days < 0) return "expired";
  return days < kSoonDays ? "soon" : "fine";
}

std::string target_link(const fleet::EndpointKey& key) {
  return "targets/" + api::id_of(key);
}

std::string group_link(std::string_view group) {
  return "groups/" + api::id_of({std::string(group), ""});
}

std::string display_name(const fleet::EndpointKey& key) {
  return key.address.empty() ? key.target : key.target + " (" + key.address + ")";
}

json::array changes_of(const TargetState& state, const api::RowContext& context) {
  json::array out;
  for (const auto& outlier : context.judgement->outliers_of(state.key)) out.emplace_back(outlier.why);
  if (state.unexpected_change) {
    out.emplace_back("its certificate changed " + for_how_long(state.unexpected_change->when, context.now) +
                     " ago: " + state.unexpected_change->why);
  }
  const bool moved = !state.last_address.empty() && !state.last_good_address.empty() &&
                     state.last_address != state.last_good_address;
  if (moved)
    out.emplace_back("its address is " + state.last_address + ", it was " + state.last_good_address +
                     " when it last answered");
  return out;
}

}  // namespace rdpwatch::pages
