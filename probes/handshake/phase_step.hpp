#pragma once
// What a phase answers to an Event: an Action to do, a failure, or that it has what it wanted.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "probes/handshake/step.hpp"

namespace rdpwatch::handshake {

struct PhaseFailure {
  FailureReason reason;
  std::string detail;
  std::optional<std::int64_t> number;
};

struct PhaseDone {};

using PhaseStep = std::variant<ActionBody, PhaseFailure, PhaseDone>;

}  // namespace rdpwatch::handshake
