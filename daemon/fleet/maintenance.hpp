#pragma once
// Maintenance as the fleet sees it: what covers an endpoint right now. Who is covered when is for
// daemon/maintenance to say.

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "daemon/inventory/inventory.hpp"

namespace rdpwatch::fleet {

/// A maintenance that goes on, or that comes. Immutable once shared.
struct Maintenance {
  std::string id;    ///< of one that somebody started; empty for a window of the configuration
  std::string name;  ///< the window's name; of one that somebody started what it covers: "site=fra1"
  std::chrono::system_clock::time_point from;
  std::chrono::system_clock::time_point until;  ///< it ends by itself
  std::string reason;                           ///< for people; may be empty
  std::string by;                               ///< who started it, as far as known; empty for a window
  bool operator==(const Maintenance&) const = default;
};
using MaintenancePtr = std::shared_ptr<const Maintenance>;

/// Which maintenance covers a target; null: none. Any thread may call it at any time; it takes microseconds.
using Coverage = std::function<MaintenancePtr(const inventory::Target&)>;

}  // namespace rdpwatch::fleet
