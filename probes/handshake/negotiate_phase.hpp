#pragma once
// Phase `negotiate`: X.224 Connection Request, Connection Confirm (MS-RDPBCGR 1.3.1.1, 2.2.1.1, 2.2.1.2).

#include <cstdint>
#include <string>

#include "probes/handshake/phase_step.hpp"
#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::handshake {

class NegotiatePhase {
 public:
  NegotiatePhase(std::string cookie, std::uint32_t requested_protocols);

  ActionBody begin() const;
  PhaseStep sent() const;
  PhaseStep received(const Bytes& bytes);

  /// After PhaseDone: the answer; PROTOCOL_RDP for a Confirm without negotiation data.
  const wire::NegotiationResponse& response() const { return response_; }

 private:
  PhaseStep judge(const wire::NegotiationAnswer& answer);

  std::string cookie_;
  std::uint32_t requested_;
  Bytes buffer_;
  wire::NegotiationResponse response_;
};

/// Whether TLS follows this selectedProtocol (MS-RDPBCGR 5.4.5).
bool is_tls_based(std::uint32_t selected_protocol);
/// Whether it is CredSSP: Network Level Authentication.
bool is_nla(std::uint32_t selected_protocol);

}  // namespace rdpwatch::handshake
