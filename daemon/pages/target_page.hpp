#pragma once
// Everything that is known of one target, and the buttons that probe it anew. Thread-safe: a pure function.

#include <vector>

#include "daemon/api/target_json.hpp"
#include "daemon/events/journal.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// `fleet` is what its group's usual durations are taken from.
Page target_page(const fleet::TargetState& state, const std::vector<fleet::StatePtr>& fleet,
                 const events::Journal& journal, const api::RowContext& context);

}  // namespace rdpwatch::pages
