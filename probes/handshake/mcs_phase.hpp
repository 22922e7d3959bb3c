#pragma once
// Phase `mcs`: MCS Connect, Attach User and Channel Join (MS-RDPBCGR 1.3.1.1, Basic Settings Exchange and
// Channel Connection), after TLS or, with standard RDP security, right after the negotiation. No virtual
// channel is asked for.

#include <cstdint>
#include <optional>

#include "probes/handshake/phase_step.hpp"
#include "probes/handshake/tpkt_stream.hpp"
#include "probes/wire/gcc.hpp"
#include "probes/wire/mcs.hpp"

namespace rdpwatch::handshake {

class McsPhase {
 public:
  /// `connect_only`: be content with the Connect-Response, which says how the session would be secured.
  McsPhase(std::uint32_t selected_protocol, bool connect_only)
      : selected_protocol_(selected_protocol), connect_only_(connect_only) {}

  ActionBody begin() const;
  PhaseStep sent();
  PhaseStep received(const Bytes& bytes);

  /// Known from the Connect-Response on. With an encryption method other than none the phase ends there: what
  /// follows would be encrypted.
  const std::optional<McsFacts>& facts() const { return facts_; }
  /// The server speaks MCS with us, and so can be told goodbye in it.
  bool connected() const { return facts_.has_value(); }

  // After PhaseDone:
  std::uint16_t user() const { return user_; }
  std::uint16_t io_channel() const { return io_channel_; }
  const TpktStream& stream() const { return stream_; }

 private:
  enum class Awaiting : std::uint8_t { connect_response, attach_confirm, user_join, io_join };

  PhaseStep next();
  std::optional<PhaseStep> take(const wire::McsPdu& pdu, const Bytes& tpkt);
  std::optional<PhaseStep> on(const wire::ConnectResponse& response, const Bytes& tpkt);
  std::optional<PhaseStep> on(const wire::AttachUserConfirm& confirm);
  std::optional<PhaseStep> on(const wire::ChannelJoinConfirm& confirm);
  std::optional<PhaseStep> on(const wire::SendDataIndication& indication);
  PhaseStep join(std::uint16_t channel, Awaiting awaiting);
  PhaseStep out_of_order(const char* what) const;

  std::uint32_t selected_protocol_;
  bool connect_only_;
  Awaiting awaiting_ = Awaiting::connect_response;
  TpktStream stream_;
  int messages_ = 0;
  std::optional<McsFacts> facts_;
  std::uint16_t user_ = 0;
  std::uint16_t io_channel_ = wire::kIoChannel;
};

}  // namespace rdpwatch::handshake
