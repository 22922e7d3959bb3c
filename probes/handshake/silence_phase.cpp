#include "probes/handshake/silence_phase.hpp"

#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/pdu_failure.hpp"

namespace rdpwatch::handshake {

ActionBody SilencePhase::begin() const {
  return ReceiveBytes{kReceiveChunk};
}

PhaseStep SilencePhase::sent() const {
  return PhaseFailure{FailureReason::internal_error, "nothing was to be sent", std::nullopt};
}

PhaseStep SilencePhase::received(const Bytes& bytes) const {
  return PhaseFailure{FailureReason::not_rdp, "it speaks before it was asked: " + describe_bytes(bytes),
                      std::nullopt};
}

}  // namespace rdpwatch::handshake
