#pragma once
// Parts of the fleet: a big one is scraped in several pieces, each a scrape of its own. Pure functions.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/fleet/target_state.hpp"
#include "daemon/http/query_string.hpp"

namespace rdpwatch::http {

inline constexpr std::uint32_t kMostParts = 1000;

struct FleetPart {
  std::uint32_t part = 0;   ///< 0..parts-1
  std::uint32_t parts = 1;  ///< 1..kMostParts
};

/// Nothing when neither `part` nor `parts` is asked for; a text that says what is wrong and what is allowed
/// when they are and can't be.
std::variant<std::optional<FleetPart>, std::string> fleet_part_of(const std::vector<QueryParameter>& query);

/// Which part a target belongs to: the jump consistent hash (Lamping and Veach, 2014) of FNV-1a 64 of its
/// name and group. The same in every process and on every machine, so several instances that share a fleet
/// agree. With another number of parts only the targets that must move do (with one more, about one in
/// `parts`), where a remainder would move nearly all: each that moves makes a gap or an overlap in
/// Prometheus. All endpoints of a target are in its part.
std::uint32_t part_of(std::string_view target, std::string_view group, std::uint32_t parts);

/// Leaves the states of that part, in their order.
void keep_part(std::vector<fleet::StatePtr>& states, FleetPart part);

/// How many series the fleet had when it was last scraped in parts. Not thread-safe.
class SeriesOfParts {
 public:
  /// A part was scraped completely. All parts' series together, each as of its last scrape, or nothing while
  /// one of them has not been scraped since `parts` was last another number.
  std::optional<std::uint64_t> note(FleetPart part, std::uint64_t series);

 private:
  std::uint32_t parts_ = 0;
  std::map<std::uint32_t, std::uint64_t> series_;
};

}  // namespace rdpwatch::http
