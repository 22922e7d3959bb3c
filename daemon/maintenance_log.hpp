#pragma once
// What begins and ends with a maintenance, as lines of the log. Thread-safe.

#include <vector>

#include "daemon/fleet/result_store.hpp"
#include "daemon/maintenance/maintenances.hpp"

namespace rdpwatch {

/// One line for each change of a maintenance.
void log_maintenance(const std::vector<maintenance::Change>& changes);

/// `changes` are those that a new coverage made of the endpoints of `store`: one line for each endpoint that
/// is down or flapping now that its maintenance is over (some, where it is many), one for all that are
/// covered now.
void log_coverage(const std::vector<fleet::StatusChange>& changes, const fleet::ResultStore& store);

}  // namespace rdpwatch
