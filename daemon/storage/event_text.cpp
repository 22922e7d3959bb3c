#include "daemon/storage/event_text.hpp"

#include "daemon/storage/json_codec.hpp"

namespace rdpwatch::events {

BOOST_DESCRIBE_STRUCT(Event, (), (when, type, target, address, group, text, details))

}  // namespace rdpwatch::events

namespace rdpwatch::storage {

std::string encode_event(const events::Event& event) {
  return json::serialize(encode(event));
}

events::Event decode_event(std::int64_t id, std::string_view text) {
  events::Event event;
  decode(json::parse(text), event);
  event.id = id;
  return event;
}

}  // namespace rdpwatch::storage
