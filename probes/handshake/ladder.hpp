#pragma once
// The negotiation ladder: an RDP_NEG_FAILURE of "alive, asked wrongly" says what to ask instead, in a new
// connection (MS-RDPBCGR 2.2.1.2.2; a client does the same).

#include <cstdint>
#include <optional>
#include <span>

#include "probes/handshake/taxonomy.hpp"

namespace rdpwatch::handshake {

/// The mask to ask for after `reason`, or nothing: the reason is not such an answer, or the mask was asked
/// before.
std::optional<std::uint32_t> next_requested_protocols(FailureReason reason,
                                                      std::span<const std::uint32_t> asked);

}  // namespace rdpwatch::handshake
