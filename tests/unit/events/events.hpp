#pragma once
// Events as the tests of several rooms need them.

#include <chrono>
#include <string>
#include <utility>

#include "daemon/events/journal.hpp"

namespace rdpwatch::events::test {

/// 2025-11-24T16:00:00Z and so many seconds.
inline fleet::WallTime at_second(std::int64_t seconds) {
  return fleet::WallTime(std::chrono::seconds(1764000000 + seconds));
}

inline Event event(EventType type, std::int64_t seconds, std::string target = "", std::string group = "") {
  Event made;
  made.when = at_second(seconds);
  made.type = type;
  made.target = std::move(target);
  made.group = std::move(group);
  made.text = "something happened";
  return made;
}

/// A failure with all that an event may have.
inline Event went_down(std::int64_t seconds) {
  Event made = event(EventType::target_down, seconds, "ts09:3389", "rdsh");
  made.address = "10.0.0.9:3389";
  made.text = "ts09:3389 is down: connection_reset in tls";
  made.details = {{"was", "up"}, {"cause", ""}, {"reason", "connection_reset"}};
  return made;
}

}  // namespace rdpwatch::events::test
