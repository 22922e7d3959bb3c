#include "daemon/event_log.hpp"

#include <utility>
#include <vector>

namespace rdpwatch {

events::Event event_of(events::EventType type, std::string text) {
  events::Event event;
  event.when = std::chrono::system_clock::now();
  event.type = type;
  event.text = std::move(text);
  return event;
}

events::Event event_of(events::EventType type, const inventory::Target& target, std::string address,
                       std::string text) {
  events::Event event = event_of(type, std::move(text));
  event.target = target.name;
  event.address = std::move(address);
  event.group = target.group;
  return event;
}

void EventLog::say(log::Level level, std::string_view message, events::Event event,
                   std::initializer_list<log::Field> fields, std::source_location where) {
  std::vector<log::Field> line;
  if (!event.target.empty())
    line = {{"target", event.target}, {"address", event.address}, {"group", event.group}};
  line.insert(line.end(), fields.begin(), fields.end());
  log::write(level, message, line, where);
  for (const auto& field : fields) {
    if (!field.value.empty()) event.details.emplace_back(field.key, field.value);
  }
  journal_.add(std::move(event));
}

}  // namespace rdpwatch
