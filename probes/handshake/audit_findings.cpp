#include "probes/handshake/audit_findings.hpp"

#include <algorithm>

#include "probes/handshake/policy.hpp"
#include "probes/wire/gcc.hpp"
#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::handshake {
namespace {

// encryptionLevel (MS-RDPBCGR 5.3.1). Below `high` a client decides how weak the key is.
constexpr std::uint32_t kLevelHigh = 3;

bool is_weak(const McsFacts& rdp) {
  const bool weak_method = rdp.encryption_method == 0 ||
                           rdp.encryption_method == wire::encryption_method::k40Bit ||
                           rdp.encryption_method == wire::encryption_method::k56Bit;
  return weak_method || rdp.encryption_level < kLevelHigh;
}

bool has(const AuditResult& result, CertificateProblem problem) {
  return result.certificate &&
         std::ranges::find(result.certificate->problems, problem) != result.certificate->problems.end();
}

}  // namespace

std::optional<bool> is_nla_required(const AuditResult& result) {
  const Acceptance rdp = accepts(result, wire::protocol::kRdp);
  const Acceptance ssl = accepts(result, wire::protocol::kSsl);
  if (rdp == Acceptance::yes || ssl == Acceptance::yes) return false;
  const bool nla = accepts(result, wire::protocol::kHybrid) == Acceptance::yes ||
                   accepts(result, wire::protocol::kHybridEx) == Acceptance::yes;
  if (nla && rdp == Acceptance::no && ssl == Acceptance::no) return true;
  return std::nullopt;
}

std::vector<std::string> findings_of(const AuditResult& result) {
  std::vector<std::string> findings;
  if (accepts(result, wire::protocol::kRdp) == Acceptance::yes) findings.emplace_back("legacy_rdp_security");
  if (result.nla_required == false) findings.emplace_back("nla_not_required");
  if (accepts(result, TlsVersion::tls10) == Acceptance::yes ||
      accepts(result, TlsVersion::tls11) == Acceptance::yes)
    findings.emplace_back("legacy_tls");
  if (result.rdp_security) {
    const McsFacts& rdp = *result.rdp_security;
    if (is_weak(rdp)) findings.emplace_back("weak_rdp_encryption");
    if (is_weak_rdp_key(rdp)) findings.emplace_back("weak_rdp_key");
    // Asked for nothing, the server must say that nothing was asked for.
    if (rdp.requested_protocols.value_or(wire::protocol::kRdp) != wire::protocol::kRdp)
      findings.emplace_back("negotiation_tampered");
  }
  if (has(result, CertificateProblem::weak_key) || has(result, CertificateProblem::weak_signature))
    findings.emplace_back("weak_certificate");
  return findings;
}

}  // namespace rdpwatch::handshake
