#pragma once
// What a server says, in MCS or on the I/O channel, when it ends a connection in its own words.

#include <cstdint>

#include "probes/handshake/phase_step.hpp"
#include "probes/wire/mcs.hpp"

namespace rdpwatch::handshake {

/// Most messages that are read in phase `mcs` or `licensing`, wanted or not.
inline constexpr int kMaxSessionMessages = 32;

/// `what` is the message that had the result: "MCS Connect-Response".
PhaseFailure mcs_result_failure(const char* what, std::uint32_t result);
PhaseFailure ultimatum_failure(const wire::DisconnectProviderUltimatum& ultimatum);
/// Set Error Info (MS-RDPBCGR 2.2.5.1.1); `code` is not 0.
PhaseFailure error_info_failure(std::uint32_t code);
/// ERROR_ALERT of the licensing exchange, with another code than STATUS_VALID_CLIENT.
PhaseFailure license_alert_failure(std::uint32_t code);

}  // namespace rdpwatch::handshake
