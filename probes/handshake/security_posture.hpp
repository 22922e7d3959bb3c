#pragma once
// What is known of the security that a host accepts, as one answer to each of three questions. A probe sees
// what the host chose, an audit what it would take besides. Pure functions: thread-safe.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::handshake {

struct AuditResult;

enum class Posture : std::uint8_t {
  nla_required,     ///< whoever does not ask for NLA is refused
  nla_optional,     ///< clients are let in without NLA; it may be offered as well
  nla_offered,      ///< NLA was chosen; whether it is required was not looked at
  nla_not_offered,  ///< NLA was asked for and not chosen
  nla_not_observed,
  rdp_security_accepted,  ///< standard RDP security, without TLS
  rdp_security_refused,
  rdp_security_not_observed,
  old_tls_selected,  ///< the last probe ended up with TLS 1.0 or 1.1
  old_tls_accepted,  ///< an audit was let in with TLS 1.0 or 1.1
  old_tls_refused,
  old_tls_not_observed
};
inline constexpr std::array kPostures{Posture::nla_required,         Posture::nla_optional,
                                      Posture::nla_offered,          Posture::nla_not_offered,
                                      Posture::nla_not_observed,     Posture::rdp_security_accepted,
                                      Posture::rdp_security_refused, Posture::rdp_security_not_observed,
                                      Posture::old_tls_selected,     Posture::old_tls_accepted,
                                      Posture::old_tls_refused,      Posture::old_tls_not_observed};
std::string_view name(Posture posture);
/// Nothing for any other text.
std::optional<Posture> posture_by_name(std::string_view text);

/// The answers about NLA, standard RDP security, and TLS below 1.2. `last` is the newest probe, `audit` the
/// newest that succeeded; either may be null. What the probe saw a host do counts more than an older audit.
std::array<Posture, 3> postures(const ProbeResult* last, const AuditResult* audit);

}  // namespace rdpwatch::handshake
