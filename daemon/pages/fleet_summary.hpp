#pragma once
// The fleet counted in one pass over a snapshot, for the overview and the lists beside the filters. A pure
// function: thread-safe.

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::pages {

/// What broke within this long is listed as new.
inline constexpr std::chrono::hours kNews{1};

/// By TargetStatus.
using StateCounts = std::array<std::uint64_t, fleet::kTargetStatuses.size()>;

std::uint64_t total(const StateCounts& counts);
/// Down or flapping.
std::uint64_t failing(const StateCounts& counts);

/// The views live as long as the snapshot.
struct FleetSummary {
  StateCounts states{};
  std::map<std::string_view, StateCounts> groups;
  std::map<std::string_view, StateCounts> sites;  ///< by the label `site`; without those that have none
  std::map<std::pair<handshake::Phase, handshake::FailureReason>, std::uint64_t> failures;  ///< of last runs
  std::vector<fleet::StatePtr> news;  ///< went down within kNews, the newest first
  fleet::StatePtr oldest;             ///< whose last run is the longest ago; null before the first run
  std::uint64_t not_probed_yet = 0;
};

FleetSummary summary_of(const std::vector<fleet::StatePtr>& fleet, fleet::WallTime now);

}  // namespace rdpwatch::pages
