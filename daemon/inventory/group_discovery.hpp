#pragma once
// GroupDiscovery: which discovered targets of one group are in force, and whether an update is held back.
// Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "daemon/inventory/file_sd.hpp"

namespace rdpwatch::inventory {

/// A discovery update that is held, because it would remove too much.
struct HeldChange {
  std::string group;
  std::size_t would_remove = 0;
  std::size_t of = 0;  ///< targets of the group, configured ones included
  bool operator==(const HeldChange&) const = default;
};

/// More than a fifth of a group's targets, and more than ten.
constexpr bool removes_too_much(std::size_t removed, std::size_t total) {
  return removed > 10 && removed * 5 > total;
}

class GroupDiscovery {
 public:
  enum class Mode {
    guarded,  ///< an update that removes too much is held: the group stays as it is
    accept    ///< every update comes into force
  };

  /// Takes what discovery says now, in order. `configured` are the names that the configuration itself lists,
  /// in any group; `group_configured` is how many of them are in this group. Of equal names the first wins.
  void offer(const std::string& group, const std::vector<DiscoveredTarget>& offered,
             const std::unordered_set<std::string>& configured, std::size_t group_configured, Mode mode);

  const std::vector<DiscoveredTarget>& targets() const { return accepted_; }
  const std::optional<HeldChange>& held() const { return held_; }
  std::size_t duplicates() const { return duplicates_; }  ///< dropped from what is in force

 private:
  std::vector<DiscoveredTarget> accepted_;
  std::unordered_set<std::string> accepted_names_;
  std::optional<HeldChange> held_;
  std::size_t duplicates_ = 0;
};

}  // namespace rdpwatch::inventory
