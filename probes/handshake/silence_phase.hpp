#pragma once
// Phase `negotiate` of an experiment: nothing is sent. An RDP server waits for its client (MS-RDPBCGR
// 1.3.1.1); what ends or speaks before it was asked is no RDP server that wants us.

#include "probes/handshake/phase_step.hpp"

namespace rdpwatch::handshake {

class SilencePhase {
 public:
  ActionBody begin() const;
  PhaseStep sent() const;
  /// Never PhaseDone: a server that waits lets the phase's time run out.
  PhaseStep received(const Bytes& bytes) const;
};

}  // namespace rdpwatch::handshake
