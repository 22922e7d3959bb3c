#include "daemon/pages/event_rows.hpp"

#include <boost/json/object.hpp>
#include <string_view>
#include <utility>

#include "daemon/pages/page.hpp"
#include "daemon/report/json_parts.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using events::EventType;

std::string_view class_of(EventType type) {
  switch (type) {
    case EventType::target_down:
    case EventType::path_down:
    case EventType::prober_blind:
    case EventType::reload_failed:
      return "bad";
    case EventType::target_flapping:
    case EventType::certificate_changed:
      return "warn";
    case EventType::target_up:
    case EventType::path_up:
    case EventType::prober_sees:
    case EventType::certificate_renewed:
      return "good";
    case EventType::diagnosis:
    case EventType::reload:
    case EventType::inventory_changed:
    case EventType::maintenance_started:
    case EventType::maintenance_ended:
    case EventType::started:
    case EventType::stopped:
      return "";
  }
  return "";
}

}  // namespace

json::array event_rows(const std::vector<events::EventPtr>& events, fleet::WallTime now) {
  json::array out;
  for (const auto& event : events) {
    json::object row{{"event_when", moment(event->when, now)},
                     {"event_title", events::row(event->type).title},
                     {"event_class", class_of(event->type)},
                     {"event_text", event->text}};
    report::put_text(row, "event_target", event->target);
    report::put_text(row, "event_group", event->group);
    out.emplace_back(std::move(row));
  }
  return out;
}

}  // namespace rdpwatch::pages
