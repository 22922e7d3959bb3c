#pragma once
// What a new inventory has that the one before had not, as a line of the log and as an event.

#include "daemon/event_log.hpp"
#include "daemon/inventory/inventory.hpp"

namespace rdpwatch {

/// Targets that an event names, of those added and of those removed.
inline constexpr std::size_t kNamedTargets = 20;

/// `before` is null at the start, which is an event of its own. No event when neither has a target that the
/// other has not.
void say_inventory(EventLog& events, const inventory::Snapshot* before, const inventory::Snapshot& now);

}  // namespace rdpwatch
