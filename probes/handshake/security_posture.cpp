#include "probes/handshake/security_posture.hpp"

#include <algorithm>

#include "probes/handshake/audit.hpp"
#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::handshake {
namespace {

constexpr std::uint32_t kAnyNla = wire::protocol::kHybrid | wire::protocol::kHybridEx;

bool demands_nla(FailureReason reason) {
  return reason == FailureReason::hybrid_required_by_server ||
         reason == FailureReason::ssl_with_user_auth_required_by_server;
}

/// Whether a connection that did not ask for NLA was refused for that.
bool was_refused_without_nla(const ProbeResult& probe) {
  if (probe.failure && demands_nla(probe.failure->reason)) return true;
  return probe.negotiation &&
         std::any_of(probe.negotiation->attempts.begin(), probe.negotiation->attempts.end(),
                     [](const auto& attempt) { return demands_nla(attempt.reason); });
}

std::optional<std::uint32_t> selected_by(const ProbeResult* probe) {
  return probe != nullptr && probe->negotiation ? probe->negotiation->selected : std::nullopt;
}

std::optional<Posture> audited_nla(const AuditResult* audit) {
  if (audit == nullptr || !audit->nla_required) return std::nullopt;
  if (*audit->nla_required) return Posture::nla_required;
  const bool never = accepts(*audit, wire::protocol::kHybrid) == Acceptance::no &&
                     accepts(*audit, wire::protocol::kHybridEx) == Acceptance::no;
  return never ? Posture::nla_not_offered : Posture::nla_optional;
}

Posture nla_of(const ProbeResult* last, const AuditResult* audit) {
  const auto selected = selected_by(last);
  const auto audited = audited_nla(audit);
  if (selected && (*selected & kAnyNla) == 0) {
    if ((last->negotiation->requested & kAnyNla) != 0) return Posture::nla_not_offered;
    return audited == Posture::nla_not_offered ? Posture::nla_not_offered : Posture::nla_optional;
  }
  if (audited) return *audited;
  if (last != nullptr && was_refused_without_nla(*last)) return Posture::nla_required;
  return selected ? Posture::nla_offered : Posture::nla_not_observed;
}

Posture rdp_security_of(const ProbeResult* last, const AuditResult* audit) {
  const auto selected = selected_by(last);
  if (selected == std::optional(wire::protocol::kRdp)) return Posture::rdp_security_accepted;
  const auto audited = audit != nullptr ? accepts(*audit, wire::protocol::kRdp) : Acceptance::unknown;
  switch (audited) {
    case Acceptance::yes:
      return Posture::rdp_security_accepted;
    case Acceptance::no:
      return Posture::rdp_security_refused;
    case Acceptance::unknown:
      return Posture::rdp_security_not_observed;
  }
  return Posture::rdp_security_not_observed;
}

Posture old_tls_of(const ProbeResult* last, const AuditResult* audit) {
  if (last != nullptr && last->tls && last->tls->version < TlsVersion::tls12)
    return Posture::old_tls_selected;
  if (audit == nullptr) return Posture::old_tls_not_observed;
  const auto tls10 = accepts(*audit, TlsVersion::tls10);
  const auto tls11 = accepts(*audit, TlsVersion::tls11);
  if (tls10 == Acceptance::yes || tls11 == Acceptance::yes) return Posture::old_tls_accepted;
  const bool both_refused = tls10 == Acceptance::no && tls11 == Acceptance::no;
  return both_refused ? Posture::old_tls_refused : Posture::old_tls_not_observed;
}

}  // namespace

std::string_view name(Posture posture) {
  switch (posture) {
    case Posture::nla_required:
      return "nla_required";
    case Posture::nla_optional:
      return "nla_optional";
    case Posture::nla_offered:
      return "nla_offered";
    case Posture::nla_not_offered:
      return "nla_not_offered";
    case Posture::nla_not_observed:
      return "nla_not_observed";
    case Posture::rdp_security_accepted:
      return "rdp_security_accepted";
    case Posture::rdp_security_refused:
      return "rdp_security_refused";
    case Posture::rdp_security_not_observed:
      return "rdp_security_not_observed";
    case Posture::old_tls_selected:
      return "old_tls_selected";
    case Posture::old_tls_accepted:
      return "old_tls_accepted";
    case Posture::old_tls_refused:
      return "old_tls_refused";
    case Posture::old_tls_not_observed:
      return "old_tls_not_observed";
  }
  return "";
}

std::optional<Posture> posture_by_name(std::string_view text) {
  const auto* const found =
      std::ranges::find_if(kPostures, [text](Posture posture) { return name(posture) == text; });
  return found == kPostures.end() ? std::nullopt : std::optional(*found);
}

std::array<Posture, 3> postures(const ProbeResult* last, const AuditResult* audit) {
  return {nla_of(last, audit), rdp_security_of(last, audit), old_tls_of(last, audit)};
}

}  // namespace rdpwatch::handshake
