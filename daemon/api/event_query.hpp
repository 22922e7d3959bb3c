#pragma once
// What a client may ask of the journal of events. Thread-safe: pure functions.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/api/answers.hpp"
#include "daemon/events/journal.hpp"
#include "daemon/http/query_string.hpp"

namespace rdpwatch::api {

inline constexpr std::size_t kMostEvents = 1000;

struct EventListQuery {
  events::EventQuery events;
  bool csv = false;
};

/// The parameters type (also several with commas between them), target and group, each of which may be
/// repeated; since and until (a time of RFC 3339, or a duration: so long before `now`), after and before
/// (ids, not both), limit and format, once each. The newest come first, with `after` the oldest. `accept`
/// decides about CSV where `format` does not. An unknown parameter is a fault.
std::variant<EventListQuery, Fault> parse_event_query(const std::vector<http::QueryParameter>& parameters,
                                                      const std::string& accept, fleet::WallTime now);

/// "2026-11-22T14:00:00Z", with a fraction of a second or an offset such as +01:00 or without; nothing for
/// any other text.
std::optional<fleet::WallTime> parse_time(std::string_view text);

}  // namespace rdpwatch::api
