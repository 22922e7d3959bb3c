#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::fleet {

std::string_view name(TargetStatus status) {
  switch (status) {
    case TargetStatus::up:
      return "up";
    case TargetStatus::down:
      return "down";
    case TargetStatus::flapping:
      return "flapping";
    case TargetStatus::unknown:
      return "unknown";
    case TargetStatus::maintenance:
      return "maintenance";
  }
  return "";
}

}  // namespace rdpwatch::fleet
