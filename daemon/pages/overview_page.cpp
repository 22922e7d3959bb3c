#include "daemon/pages/overview_page.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <string>
#include <utility>

#include "daemon/api/target_page.hpp"
#include "daemon/pages/fleet_rows.hpp"
#include "daemon/pages/fleet_summary.hpp"
#include "daemon/pages/target_row.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using fleet::TargetStatus;

/// The first line: whether to look at ourselves before anything else.
json::object us_or_them(const fleet::FleetJudgement& judgement, const fleet::StateCounts& states) {
  if (judgement.prober_blind()) {
    return {{"us_class", "bad"},
            {"us_text",
             "It is us: most of the fleet went down at once. Look at this prober's own network first."}};
  }
  if (judgement.prober_clock_wrong()) {
    std::string text = "It is us: the prober's clock is wrong.";
    if (const auto skew = judgement.median_clock_skew())
      text += " Most hosts' are " + report::decimal(report::round_to_tenth(skew->count())) + " s from it.";
    return {{"us_class", "warn"}, {"us_text", text}};
  }
  if (judgement.judged_at() == fleet::WallTime())
    return {{"us_class", "warn"},
            {"us_text", "Us or them: not known yet, the fleet was not looked at as a whole."}};
  if (fleet::failing(states) == 0)
    return {{"us_class", "good"}, {"us_text", "Nothing points at the prober, and no target is down."}};
  return {{"us_class", "good"}, {"us_text", "It is not us: nothing points at the prober."}};
}

json::object count_row(std::string_view name, const fleet::StateCounts& counts, std::string link) {
  return {{"count_name", name},
          {"count_failing", fleet::failing(counts)},
          {"count_total", fleet::total(counts)},
          {"count_bad", fleet::failing(counts) > 0},
          {"count_link", std::move(link)}};
}

/// Those with the most failing first.
json::array count_rows(const std::map<std::string_view, fleet::StateCounts>& counts, const auto& link_of) {
  std::vector<std::pair<std::string_view, const fleet::StateCounts*>> rows;
  for (const auto& [name, states] : counts) rows.emplace_back(name, &states);
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return fleet::failing(*a.second) > fleet::failing(*b.second);
  });
  json::array out;
  for (const auto& [name, states] : rows) {
    if (out.size() == kCountedRows) break;
    out.emplace_back(count_row(name, *states, link_of(name)));
  }
  return out;
}

/// Those that fail alone first: what went down together is told of in one line above, and must not hide the
/// one server that nobody else explains.
json::array worst_hosts(const std::vector<fleet::StatePtr>& fleet, const api::RowContext& context) {
  api::TargetQuery query;
  query.states = {TargetStatus::down, TargetStatus::flapping};
  query.per_page = std::max<std::size_t>(1, fleet.size());
  auto rows = api::select_page(fleet, query, context.now).rows;
  std::stable_partition(rows.begin(), rows.end(), [&context](const auto& state) {
    return context.judgement->standing(state->key, state->target->group).path == nullptr;
  });
  json::array out;
  for (const auto& state : rows) {
    if (out.size() == kWorstHosts) break;
    out.emplace_back(target_row(*state, context));
  }
  return out;
}

json::array news_rows(const FleetSummary& summary, const api::RowContext& context) {
  json::array out;
  for (const auto& state : summary.news) {
    if (out.size() == kNewlyBroken) break;
    out.emplace_back(target_row(*state, context));
  }
  return out;
}

json::array path_rows(const fleet::FleetJudgement& judgement, fleet::WallTime now) {
  json::array out;
  for (const auto& path : judgement.paths()) {
    if (out.size() == kCountedRows) break;
    out.emplace_back(path_row(path, now));
  }
  return out;
}

void put_daemon(json::object& out, const FleetSummary& summary, const metrics::SelfStatus& self,
                fleet::WallTime now) {
  if (summary.oldest) {
    out["oldest"] = {{"oldest_target", display_name(summary.oldest->key)},
                     {"oldest_link", target_link(summary.oldest->key)},
                     {"oldest_run", moment(*summary.oldest->last_run, now)}};
  }
  out["not_probed_yet"] = summary.not_probed_yet;
  out["reload_failed"] = !self.reload_successful;
  if (self.last_reload_success) out["last_reload"] = moment(*self.last_reload_success, now);
  out["in_flight"] = self.in_flight;
  if (self.held_changes > 0) out["held_changes"] = self.held_changes;
}

}  // namespace

Page overview_page(const std::vector<fleet::StatePtr>& fleet, const api::RowContext& context,
                   const metrics::SelfStatus& self) {
  const FleetSummary summary = summary_of(fleet, context.now);
  Page page;
  page.name = "overview";
  page.title = "Overview";
  page.section = "overview";
  page.refreshes = true;
  json::object& model = page.model;
  model["us"] = us_or_them(*context.judgement, summary.states);
  model["tiles"] = state_tiles(summary.states);
  model["has_covered"] = summary.covered > 0;
  model["covered_total"] = summary.covered;
  model["covered_up"] = summary.covered_up;
  model["has_clean_up"] = summary.to_clean_up > 0;
  model["clean_up_total"] = summary.to_clean_up;
  model["has_paths"] = !context.judgement->paths().empty();
  model["paths"] = path_rows(*context.judgement, context.now);
  model["worst"] = worst_hosts(fleet, context);
  model["none_failing"] = fleet::failing(summary.states) == 0;
  model["failing_total"] = fleet::failing(summary.states);
  model["more_failing"] = fleet::failing(summary.states) > kWorstHosts;
  model["targets_total"] = fleet.size();
  model["no_targets"] = fleet.empty();
  model["group_counts"] = count_rows(summary.groups, [](std::string_view name) { return group_link(name); });
  model["site_counts"] = count_rows(summary.sites, [](std::string_view name) {
    return link_of("targets", {{"site", std::string(name)}});
  });
  model["has_sites"] = !summary.sites.empty();
  model["reason_counts"] = reason_rows(summary.failures, {}, kCountedRows);
  model["has_reasons"] = !summary.failures.empty();
  model["news"] = news_rows(summary, context);
  model["has_news"] = !summary.news.empty();
  model["news_total"] = summary.news.size();
  put_daemon(model, summary, self, context.now);
  return page;
}

}  // namespace rdpwatch::pages
