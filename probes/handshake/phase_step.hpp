#pragma once
// What a phase answers to an Event: an Action to do, a failure, or that it has what it wanted.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "probes/handshake/step.hpp"

namespace rdpwatch::handshake {

struct PhaseFailure {
  FailureReason reason;
  std::string detail;
  std::optional<std::int64_t> number;
  std::optional<IoMoment> moment = std::nullopt;  ///< as in Failure
};

struct PhaseDone {};

using PhaseStep = std::variant<ActionBody, PhaseFailure, PhaseDone>;

/// The step that waits for more bytes, made in place: GCC 12 takes the move of a temporary ActionBody for a
/// use of what is not initialised.
inline PhaseStep receive_up_to(std::size_t max) {
  return PhaseStep(std::in_place_type<ActionBody>, ReceiveBytes{max});
}

}  // namespace rdpwatch::handshake
