#pragma once
// Event: something that happened to a target or to the daemon, and that somebody may ask for afterwards.
// Thread-safe: plain values and constants.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::events {

enum class EventType : std::uint8_t {
  target_down,
  target_up,
  target_flapping,
  certificate_changed,
  certificate_renewed,
  diagnosis,
  reload,
  reload_failed,
  inventory_changed,
  maintenance_started,
  maintenance_ended,
  path_down,
  path_up,
  prober_blind,
  prober_sees,
  started,
  stopped
};

struct EventTypeRow {
  EventType type;
  std::string_view name;   ///< in the API, in metrics, and wherever it is kept
  std::string_view title;  ///< for people
};

/// All of them, in the order of the enum.
inline constexpr std::array kEventTypes{
    EventTypeRow{EventType::target_down, "target_down", "down"},
    EventTypeRow{EventType::target_up, "target_up", "up again"},
    EventTypeRow{EventType::target_flapping, "target_flapping", "flapping"},
    EventTypeRow{EventType::certificate_changed, "certificate_changed", "certificate changed unexpectedly"},
    EventTypeRow{EventType::certificate_renewed, "certificate_renewed", "certificate renewed"},
    EventTypeRow{EventType::diagnosis, "diagnosis", "diagnosed"},
    EventTypeRow{EventType::reload, "reload", "configuration reloaded"},
    EventTypeRow{EventType::reload_failed, "reload_failed", "reload failed"},
    EventTypeRow{EventType::inventory_changed, "inventory_changed", "inventory changed"},
    EventTypeRow{EventType::maintenance_started, "maintenance_started", "maintenance began"},
    EventTypeRow{EventType::maintenance_ended, "maintenance_ended", "maintenance ended"},
    EventTypeRow{EventType::path_down, "path_down", "down together"},
    EventTypeRow{EventType::path_up, "path_up", "no longer down together"},
    EventTypeRow{EventType::prober_blind, "prober_blind", "prober blind"},
    EventTypeRow{EventType::prober_sees, "prober_sees", "prober sees again"},
    EventTypeRow{EventType::started, "started", "rdpwatch started"},
    EventTypeRow{EventType::stopped, "stopped", "rdpwatch stopped"}};

constexpr const EventTypeRow& row(EventType type) {
  return kEventTypes[static_cast<std::size_t>(type)];
}
constexpr std::string_view name(EventType type) {
  return row(type).name;
}
/// Nothing for any other text.
std::optional<EventType> event_type_by_name(std::string_view name);

/// Of each text of an event, in bytes; what is longer is cut between two characters.
inline constexpr std::size_t kLongestText = 4096;
inline constexpr std::size_t kMostDetails = 16;

struct Event {
  std::int64_t id = 0;  ///< from 1, and greater than those of all before it; the journal gives it
  fleet::WallTime when{};
  EventType type = EventType::started;
  std::string target;   ///< its name; empty where the event is not of a target
  std::string address;  ///< "ip:port" of the connection, or the address of an expanded target; may be empty
  std::string group;    ///< the target's; empty where the event is not of a target
  std::string text;     ///< a sentence for people
  /// What programs may want of it, in a fixed order: phase, reason, cause, was, for_seconds ...
  std::vector<std::pair<std::string, std::string>> details;

  bool operator==(const Event&) const = default;
};

/// Cuts what is beyond the bounds above.
void bound(Event& event);

/// Whether it is of this endpoint; of an endpoint that is a whole target, of any of its addresses.
bool is_of(const Event& event, const fleet::EndpointKey& key);

}  // namespace rdpwatch::events
