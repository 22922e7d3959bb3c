#pragma once
// How what is wrong with a message becomes a failure, the same in every phase that reads messages.

#include <span>

#include "probes/handshake/phase_step.hpp"
#include "probes/wire/decode_result.hpp"

namespace rdpwatch::handshake {

/// `bytes` are shown with it. `foreign` is the reason for bytes of another protocol, which only `negotiate`
/// may call not_rdp: later the host has proved that it speaks RDP.
PhaseFailure pdu_failure(const wire::Malformed& malformed, std::span<const std::uint8_t> bytes,
                         FailureReason foreign = FailureReason::unexpected_pdu);

/// At most this much is asked of the socket at once, however long the message may be.
inline constexpr std::size_t kReceiveChunk = 4096;

}  // namespace rdpwatch::handshake
