#pragma once
// EventLog: says what happened once, as a line of the log and as an event of the journal, so that the two
// tell the same. Thread-safe.

#include <initializer_list>
#include <source_location>
#include <string>
#include <string_view>

#include "daemon/cli/logging.hpp"
#include "daemon/events/journal.hpp"
#include "daemon/fleet/target_state.hpp"

namespace rdpwatch {

/// An event of now.
events::Event event_of(events::EventType type, std::string text);
/// Of a target; `address` as events::Event has it.
events::Event event_of(events::EventType type, const inventory::Target& target, std::string address,
                       std::string text);

class EventLog {
 public:
  /// `journal` must outlive this.
  explicit EventLog(events::Journal& journal) : journal_(journal) {}

  /// The line has `message` and, before `fields`, the event's target, address and group; the event's details
  /// are those of the fields that have a value.
  void say(log::Level level, std::string_view message, events::Event event,
           std::initializer_list<log::Field> fields = {},
           std::source_location where = std::source_location::current());

 private:
  events::Journal& journal_;
};

}  // namespace rdpwatch
