#pragma once
// What an inventory should lose: hosts that were never up, and names that are gone. They are listed for
// somebody to look after and page nobody. Thread-safe: pure functions.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::fleet {

/// A host that was not up for so long since it is known is more likely none than on its way.
inline constexpr std::chrono::hours kNeverUpFor{24};
/// A name that does not exist for so long is no slip of a name server any more.
inline constexpr std::chrono::hours kNameMissingFor{7 * 24};

enum class CleanUp : std::uint8_t {
  never_up,        ///< probed, known for at least kNeverUpFor, and never seen up
  name_not_found,  ///< its name has not existed for at least kNameMissingFor
};
inline constexpr std::array kCleanUps{CleanUp::never_up, CleanUp::name_not_found};
std::string_view name(CleanUp why);

/// Nothing for what belongs into the inventory. Of two reasons the name.
std::optional<CleanUp> clean_up(const TargetState& state, WallTime now);

struct CleanUpRow {
  StatePtr state;
  CleanUp why;
  WallTime since;  ///< known since then, or the name missing
};

/// The longest first. One pass over `fleet`.
std::vector<CleanUpRow> clean_up_list(const std::vector<StatePtr>& fleet, WallTime now);

}  // namespace rdpwatch::fleet
