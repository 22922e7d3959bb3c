#pragma once
// Counts and path failures as several pages show them. Thread-safe: pure functions.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <vector>

#include "daemon/fleet/path_failures.hpp"
#include "daemon/fleet/state_counts.hpp"
#include "daemon/pages/list_query.hpp"

namespace rdpwatch::pages {

/// The worst status first: tile_state, tile_count, and tile_link to these targets `within` the filters given.
boost::json::array state_tiles(const fleet::StateCounts& counts, const Parameters& within = {});

/// The most frequent first, at most `most`: reason_name, reason_phase, reason_help, reason_targets, and
/// reason_link to these targets `within` the filters given.
boost::json::array reason_rows(const fleet::FailureCounts& failures, const Parameters& within,
                               std::size_t most);

/// path_scope, path_name, path_members, path_others (all but one), path_still_up, path_since.
boost::json::object path_row(const fleet::PathFailure& path, fleet::WallTime now);

/// For part-places, the fields of a filter for group and site: form_group and form_site as they were asked
/// for, form_groups and form_sites to choose from (the first kProposed of each).
boost::json::object place_fields(const std::vector<fleet::StatePtr>& fleet, const Parameters& parameters);

}  // namespace rdpwatch::pages
