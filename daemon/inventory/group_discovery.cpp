#include "daemon/inventory/group_discovery.hpp"

#include <algorithm>

namespace rdpwatch::inventory {

void GroupDiscovery::offer(const std::string& group, const std::vector<DiscoveredTarget>& offered,
                           const std::unordered_set<std::string>& configured, std::size_t group_configured,
                           Mode mode) {
  std::vector<DiscoveredTarget> candidate;
  std::unordered_set<std::string> names;
  for (const DiscoveredTarget& target : offered) {
    std::string name = config::target_name(*target);
    // A target that has moved into the configuration is not removed when discovery drops it.
    if (configured.count(name) > 0) continue;
    if (names.insert(std::move(name)).second) candidate.push_back(target);
  }
  const auto removed = static_cast<std::size_t>(std::count_if(
      accepted_names_.begin(), accepted_names_.end(),
      [&](const std::string& name) { return names.count(name) == 0 && configured.count(name) == 0; }));
  const std::size_t total = group_configured + accepted_.size();
  if (mode == Mode::guarded && removes_too_much(removed, total)) {
    held_ = HeldChange{group, removed, total};
    return;
  }
  held_.reset();
  duplicates_ = offered.size() - candidate.size();
  accepted_ = std::move(candidate);
  accepted_names_ = std::move(names);
}

}  // namespace rdpwatch::inventory
