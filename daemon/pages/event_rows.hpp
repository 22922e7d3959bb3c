#pragma once
// Events as rows of a page. Thread-safe: pure functions.

#include <boost/json/array.hpp>
#include <vector>

#include "daemon/events/journal.hpp"

namespace rdpwatch::pages {

/// One row of each, in their order: event_when (a moment, see page.hpp), event_title, event_class ("good",
/// "warn", "bad" or ""), event_text, and where it is of a target event_target and event_group.
boost::json::array event_rows(const std::vector<events::EventPtr>& events, fleet::WallTime now);

}  // namespace rdpwatch::pages
