#pragma once
// The personalities that every scenario knows without defining them, one for each way a host is known to
// behave.

#include <optional>
#include <span>
#include <string_view>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

struct Personality {
  std::string_view name;
  Behaviour behaviour;
  std::string_view help;
};

std::span<const Personality> personalities();
std::optional<Behaviour> personality(std::string_view name);

/// A healthy host but for this fault.
Behaviour with_fault(Fault fault);

}  // namespace rdpwatch::sim
