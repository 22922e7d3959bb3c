#pragma once
// Phase `tls` of an experiment: bytes that are no TLS where the ClientHello belongs. A host, or a device on
// the way, that ends the connection after these too does not do it for what a ClientHello says.

#include <cstdint>

#include "probes/handshake/phase_step.hpp"

namespace rdpwatch::handshake {

/// What stands where the ClientHello does: as long as one of a browser, and neither TLS (whose first byte is
/// 20 to 23), nor SSL 2.0 (the fourth byte 1, or the first from 0x80 on), nor a TPKT (3). Readable, for who
/// finds it in a capture.
Bytes garbage();

class GarbagePhase {
 public:
  ActionBody begin() const;
  PhaseStep sent() const;
  /// Never PhaseDone: whatever the host says, no TLS comes of it.
  PhaseStep received(const Bytes& bytes);

  std::uint64_t bytes_received() const { return buffer_.size(); }

 private:
  Bytes buffer_;
};

}  // namespace rdpwatch::handshake
