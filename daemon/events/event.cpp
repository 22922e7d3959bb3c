#include "daemon/events/event.hpp"

#include <algorithm>

namespace rdpwatch::events {
namespace {

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kEventTypes.size(); ++i) {
    if (static_cast<std::size_t>(kEventTypes[i].type) != i) return false;
  }
  return true;
}
static_assert(is_in_order() && static_cast<std::size_t>(EventType::stopped) + 1 == kEventTypes.size(),
              "row() takes the type for its place");

void cut(std::string& text) {
  if (text.size() <= kLongestText) return;
  std::size_t end = kLongestText;
  // A byte 10xxxxxx goes on with a character of UTF-8.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
}

}  // namespace

std::optional<EventType> event_type_by_name(std::string_view name) {
  const auto found = std::ranges::find(kEventTypes, name, &EventTypeRow::name);
  return found == kEventTypes.end() ? std::nullopt : std::optional(found->type);
}

void bound(Event& event) {
  for (std::string* text : {&event.target, &event.address, &event.group, &event.text}) cut(*text);
  if (event.details.size() > kMostDetails) event.details.resize(kMostDetails);
  for (auto& [key, value] : event.details) {
    cut(key);
    cut(value);
  }
}

bool is_of(const Event& event, const fleet::EndpointKey& key) {
  if (event.target != key.target) return false;
  if (key.address.empty() || event.address == key.address) return true;
  return event.address.starts_with(key.address + ":") || event.address.starts_with("[" + key.address + "]:");
}

}  // namespace rdpwatch::events
