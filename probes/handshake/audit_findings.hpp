#pragma once
// What an audit's answers add up to.

#include <optional>
#include <string>
#include <vector>

#include "probes/handshake/audit.hpp"

namespace rdpwatch::handshake {

/// True when only CredSSP is accepted, false when standard RDP security or TLS alone is; nothing when the
/// answers leave it open.
std::optional<bool> is_nla_required(const AuditResult& result);

/// Ids of what is wrong, in a fixed order: legacy_rdp_security nla_not_required legacy_tls
/// weak_rdp_encryption weak_rdp_key weak_certificate negotiation_tampered.
std::vector<std::string> findings_of(const AuditResult& result);

}  // namespace rdpwatch::handshake
