#pragma once
// An event of the journal as the text that outlives a restart. Thread-safe: pure functions.

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/events/event.hpp"

namespace rdpwatch::storage {

/// Without its id, which is the row's.
std::string encode_event(const events::Event& event);

/// Throws std::exception for a text that encode_event() of no version up to this one wrote.
events::Event decode_event(std::int64_t id, std::string_view text);

}  // namespace rdpwatch::storage
