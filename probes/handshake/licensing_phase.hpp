#pragma once
// Phase `licensing`: Client Info, then what the server says of licences (MS-RDPBCGR 1.3.1.1, MS-RDPELE): that
// none is needed, or that it wants to see one. Nothing is answered: no licence is ever taken. On Windows a
// Client Info makes a session with a logon screen; deploy/FOOTPRINT.md says what that costs.

#include <cstdint>
#include <optional>

#include "probes/handshake/phase_step.hpp"
#include "probes/handshake/tpkt_stream.hpp"
#include "probes/wire/server_message.hpp"

namespace rdpwatch::handshake {

class LicensingPhase {
 public:
  LicensingPhase(std::uint16_t user, std::uint16_t io_channel, TpktStream stream)
      : user_(user), io_channel_(io_channel), stream_(std::move(stream)) {}

  ActionBody begin() const;
  PhaseStep sent();
  PhaseStep received(const Bytes& bytes);

  /// After PhaseDone.
  const LicensingFacts& facts() const { return facts_; }

 private:
  PhaseStep next();
  std::optional<PhaseStep> take(const wire::ServerMessage& message);
  std::optional<PhaseStep> take(const wire::LicenseMessage& message);

  std::uint16_t user_;
  std::uint16_t io_channel_;
  TpktStream stream_;
  int messages_ = 0;
  LicensingFacts facts_;
};

}  // namespace rdpwatch::handshake
