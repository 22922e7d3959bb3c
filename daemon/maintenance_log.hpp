#pragma once
// What begins and ends with a maintenance, as lines of the log and as events. Thread-safe.

#include <vector>

#include "daemon/event_log.hpp"
#include "daemon/fleet/result_store.hpp"
#include "daemon/maintenance/maintenances.hpp"

namespace rdpwatch {

/// One line and one event for each change of a maintenance; only a line for one that went on already before a
/// restart, as far as the journal knows.
void say_maintenance(const std::vector<maintenance::Change>& changes, EventLog& events,
                     const events::Journal& journal);

/// One line and one event for each maintenance that began, as the journal knows, has no end there and is not
/// among the active ones of `listed`: it ended while nobody was there to see it. To be called once, at the
/// start.
void say_missed_ends(const std::vector<maintenance::Listed>& listed, EventLog& events,
                     const events::Journal& journal);

/// `changes` are those that a new coverage made of the endpoints of `store`: one line for each endpoint that
/// is down or flapping now that its maintenance is over (some, where it is many), one for all that are
/// covered now.
void log_coverage(const std::vector<fleet::StatusChange>& changes, const fleet::ResultStore& store);

}  // namespace rdpwatch
