#pragma once
// The fleet counted in one pass over a snapshot, for the overview and the lists beside the filters. A pure
// function: thread-safe.

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "daemon/fleet/state_counts.hpp"

namespace rdpwatch::pages {

/// What broke within this long is listed as new.
inline constexpr std::chrono::hours kNews{1};

/// The views live as long as the snapshot.
struct FleetSummary {
  fleet::StateCounts states{};
  std::map<std::string_view, fleet::StateCounts> groups;
  std::map<std::string_view, fleet::StateCounts>
      sites;  ///< by the label `site`; without those that have none
  fleet::FailureCounts failures;
  std::vector<fleet::StatePtr> news;  ///< went down within kNews, the newest first
  fleet::StatePtr oldest;             ///< whose last run is the longest ago; null before the first run
  std::uint64_t not_probed_yet = 0;
  std::size_t covered = 0;      ///< by a maintenance
  std::size_t covered_up = 0;   ///< of these
  std::size_t to_clean_up = 0;  ///< (clean_up.hpp)
};

FleetSummary summary_of(const std::vector<fleet::StatePtr>& fleet, fleet::WallTime now);

}  // namespace rdpwatch::pages
