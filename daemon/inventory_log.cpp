#include "daemon/inventory_log.hpp"

#include <string>

namespace rdpwatch {
namespace {

struct Names {
  std::size_t count = 0;
  std::string first;  ///< the first kNamedTargets
};

/// The targets of `these` that `others` has not.
Names missing_in(const inventory::Snapshot& others, const inventory::Snapshot& these) {
  Names names;
  for (const auto& [name, target] : these) {
    if (others.contains(name)) continue;
    if (++names.count <= kNamedTargets) names.first.append(names.first.empty() ? "" : ", ").append(name);
  }
  if (names.count > kNamedTargets) names.first += ", ...";
  return names;
}

}  // namespace

void say_inventory(EventLog& events, const inventory::Snapshot* before, const inventory::Snapshot& now) {
  const Names added = before == nullptr ? Names{} : missing_in(*before, now);
  const Names removed = before == nullptr ? Names{} : missing_in(now, *before);
  if (added.count + removed.count == 0) return log::info("inventory changed", {{"targets", now.size()}});
  events.say(log::Level::info, "inventory changed",
             event_of(events::EventType::inventory_changed,
                      "Targets added: " + std::to_string(added.count) +
                          ", removed: " + std::to_string(removed.count) + "; there are " +
                          std::to_string(now.size()) + " now"),
             {{"targets", now.size()},
              {"added", added.count},
              {"removed", removed.count},
              {"added_targets", added.first},
              {"removed_targets", removed.first}});
}

}  // namespace rdpwatch
