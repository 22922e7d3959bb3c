#include "daemon/pages/events_page.hpp"

#include <string>
#include <utility>
#include <variant>

#include "daemon/api/event_query.hpp"
#include "daemon/pages/event_rows.hpp"
#include "daemon/pages/target_row.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;

constexpr std::string_view kPath = "events";

json::object form(const Parameters& parameters) {
  const std::string asked = value_of(parameters, "type");
  json::array types;
  for (const auto& row : events::kEventTypes) {
    json::object entry = option(row.name, row.name == asked);
    entry["option_title"] = row.title;
    types.emplace_back(std::move(entry));
  }
  return {{"form_types", std::move(types)},
          {"form_target", value_of(parameters, "target")},
          {"form_group", value_of(parameters, "group")}};
}

/// The page of the target; of one that is expanded or gone, what the list of targets has of it.
std::string link_to(const events::Event& event, const HasEndpoint& has_endpoint) {
  const fleet::EndpointKey whole{event.target, ""};
  return has_endpoint(whole) ? target_link(whole) : link_of("targets", {{"q", event.target}});
}

json::array linked_rows(const std::vector<events::EventPtr>& events, const HasEndpoint& has_endpoint,
                        fleet::WallTime now) {
  json::array rows = event_rows(events, now);
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!events[i]->target.empty()) rows[i].as_object()["event_link"] = link_to(*events[i], has_endpoint);
  }
  return rows;
}

}  // namespace

Page events_page(const events::Journal& journal, const HasEndpoint& has_endpoint, fleet::WallTime now,
                 Parameters parameters) {
  parameters = filled_in(std::move(parameters));
  auto slip = unknown_parameter(parameters, {"type", "target", "group", "since", "until", "before"});
  if (slip) return std::move(*slip);
  auto parsed = api::parse_event_query(parameters, "", now);
  if (const auto* const fault = std::get_if<api::Fault>(&parsed))
    return fault_page(fault->status, fault->what, fault->allowed);
  events::EventQuery query = std::get<api::EventListQuery>(std::move(parsed)).events;
  query.limit = kRows + 1;  // one more says whether there are older ones
  auto found = journal.query(query);
  const bool more = found.size() > kRows;
  if (more) found.pop_back();
  const Parameters unpaged = without(parameters, "before");
  Page page;
  page.name = "events";
  page.title = "Events";
  page.section = "events";
  page.refreshes = true;
  json::object& model = page.model;
  if (more) model["older_link"] = link_of(kPath, with(unpaged, "before", std::to_string(found.back()->id)));
  if (query.before) model["newest_link"] = link_of(kPath, unpaged);
  model["has_neighbours"] = more || query.before.has_value();
  model["has_events"] = !found.empty();
  model["event_rows"] = linked_rows(found, has_endpoint, now);
  model["events_kept"] = journal.size();
  put_chips(model, kPath, "All events", unpaged);
  model["form"] = form(parameters);
  const Parameters all = with(unpaged, "limit", std::to_string(api::kMostEvents));
  model["csv_link"] = link_of("api/v1/events", with(all, "format", "csv"));
  model["json_link"] = link_of("api/v1/events", all);
  return page;
}

}  // namespace rdpwatch::pages
