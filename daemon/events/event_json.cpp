#include "daemon/events/event_json.hpp"

#include <utility>

#include "daemon/report/json_parts.hpp"
#include "daemon/report/json_text.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::events {

namespace json = boost::json;

json::object to_json(const Event& event) {
  json::object out;
  out["id"] = event.id;
  out["time"] = report::rfc3339_milliseconds(event.when);
  out["type"] = name(event.type);
  report::put_text(out, "target", event.target);
  report::put_text(out, "address", event.address);
  report::put_text(out, "group", event.group);
  report::put_text(out, "text", event.text);
  json::object details;
  for (const auto& [key, value] : event.details) report::put_text(details, key, value);
  if (!details.empty()) out["details"] = std::move(details);
  return out;
}

std::string to_json_line(const Event& event) {
  return report::to_text(to_json(event), report::JsonLayout::compact);
}

std::string details_text(const Event& event) {
  std::string out;
  for (const auto& [key, value] : event.details) {
    if (!value.empty()) out.append(out.empty() ? "" : "; ").append(key).append("=").append(value);
  }
  return out;
}

}  // namespace rdpwatch::events
