#pragma once
// Who the host says it is (NTLM CHALLENGE), and whether that is who the inventory means.

#include <optional>

#include "probes/handshake/probe_result.hpp"
#include "probes/wire/ntlm.hpp"

namespace rdpwatch::handshake {

/// Beyond this Kerberos refuses by default (5 minutes): finding `clock_skew`.
inline constexpr Seconds kMaxClockSkew = std::chrono::minutes(5);
inline constexpr const char* kClockSkewFinding = "clock_skew";
constexpr bool is_clock_skewed(Seconds skew) {
  return skew > kMaxClockSkew || skew < -kMaxClockSkew;
}

/// Names and release. `negotiation_flags` are RDP_NEG_RSP's: they unmask servers that are not Windows and
/// report a fixed old version. Clock and name are judged by the functions below.
HostFacts host_facts(const wire::NtlmChallenge& challenge, std::uint8_t negotiation_flags);

/// The host's clock minus ours, when its answer carries one time and ours was `midpoint` halfway between
/// question and answer.
Seconds clock_skew(std::chrono::system_clock::time_point host,
                   std::chrono::system_clock::time_point midpoint);

/// True when neither computer name is what the inventory calls the host: the target's name or `server_name`,
/// in full or by its first label. Nothing when there is nothing to compare: a target by address without
/// server_name, or a host that gave no name.
std::optional<bool> name_mismatch(const ProbePlan& plan, const HostFacts& host);

/// No host is called by digits and colons alone.
bool is_address(const std::string& name);

}  // namespace rdpwatch::handshake
