#pragma once
// The one form that events have as JSON: in the API, in the file of events, and wherever else they go.
// Thread-safe: pure functions.

#include <boost/json/object.hpp>
#include <string>

#include "daemon/events/event.hpp"

namespace rdpwatch::events {

/// {"id", "time", "type", "target", "address", "group", "text", "details"}: what is empty is absent; the
/// details are texts.
boost::json::object to_json(const Event& event);

/// One line, without its newline.
std::string to_json_line(const Event& event);

/// "phase=tls; reason=connection_reset", for a table.
std::string details_text(const Event& event);

}  // namespace rdpwatch::events
