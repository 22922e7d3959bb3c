#include "probes/handshake/policy.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/handshake/host_identity.hpp"
#include "probes/handshake/negotiate_phase.hpp"
#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::handshake {
namespace {

// The order in which fail_on is judged, and the reason that each problem becomes.
constexpr std::array<std::pair<CertificateProblem, FailureReason>, kCertificateProblems> kFailOnOrder{{
    {CertificateProblem::expired, FailureReason::certificate_expired},
    {CertificateProblem::not_yet_valid, FailureReason::certificate_not_yet_valid},
    {CertificateProblem::name_mismatch, FailureReason::certificate_name_mismatch},
    {CertificateProblem::untrusted, FailureReason::certificate_untrusted},
    {CertificateProblem::self_signed, FailureReason::certificate_untrusted},
    {CertificateProblem::weak_key, FailureReason::certificate_weak},
    {CertificateProblem::weak_signature, FailureReason::certificate_weak},
    {CertificateProblem::no_server_auth_eku, FailureReason::certificate_weak},
}};

// As for certificates; hosts of the Windows 2000 age have 512 bits, which anyone can factor.
constexpr std::uint32_t kMinRdpKeyBits = 2048;

template <typename Range, typename Value>
bool contains(const Range& range, const Value& value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

Failure not_allowed(Phase phase, std::string detail) {
  return {phase, FailureReason::protocol_not_allowed, std::move(detail), std::nullopt};
}

std::optional<Failure> judge_negotiation(const ProbePlan& plan, std::uint32_t selected) {
  if (plan.require_tls && !is_tls_based(selected)) {
    return not_allowed(Phase::negotiate, "the server chose standard RDP security, the module requires TLS");
  }
  if (plan.require_nla && !is_nla(selected)) {
    return not_allowed(Phase::negotiate, "the server did not choose NLA (CredSSP), the module requires it");
  }
  return std::nullopt;
}

std::optional<Failure> judge_certificate(const ProbePlan& plan, const CertificateFacts& certificate) {
  for (const auto& [problem, reason] : kFailOnOrder) {
    if (contains(plan.fail_on, problem) && contains(certificate.problems, problem)) {
      return Failure{Phase::tls, reason, "fail_on: " + std::string(name(problem)), std::nullopt};
    }
  }
  return std::nullopt;
}

bool was_retried_in_tls(const ProbeResult& result) {
  return result.negotiation && std::ranges::any_of(result.negotiation->attempts,
                                                   [](const auto& a) { return a.phase == Phase::tls; });
}

// Two addresses of one family: a member of them may be dead without this probe seeing it.
bool has_hidden_addresses(const ProbePlan& plan, const ProbeResult& result) {
  if (!plan.pinned_address.empty()) return false;
  const auto v6 = std::ranges::count_if(
      result.addresses, [](const std::string& address) { return address.find(':') != std::string::npos; });
  return v6 > 1 || static_cast<std::ptrdiff_t>(result.addresses.size()) - v6 > 1;
}

void add_nla_findings(const ProbeResult& result, std::vector<std::string>& findings) {
  if (result.nla && result.nla->outcome == NlaOutcome::ntlm_refused)
    findings.emplace_back("nla_ntlm_refused");
  if (result.nla && result.nla->outcome == NlaOutcome::closed_on_negotiate)
    findings.emplace_back("nla_closed_on_negotiate");
  if (!result.host) return;
  const auto& skew = result.host->clock_skew;
  if (skew && is_clock_skewed(*skew)) findings.emplace_back(kClockSkewFinding);
  if (result.host->name_mismatch.value_or(false)) findings.emplace_back("host_name_mismatch");
}

void add_mcs_findings(const ProbeResult& result, std::vector<std::string>& findings) {
  if (!result.mcs) return;
  const auto& mcs = *result.mcs;
  if (mcs.requested_protocols && *mcs.requested_protocols != result.negotiation->requested)
    findings.emplace_back("negotiation_tampered");
  if (is_weak_rdp_key(mcs)) findings.emplace_back("weak_rdp_key");
}

}  // namespace

std::optional<Failure> judge_policy(const ProbePlan& plan, const ProbeResult& result) {
  if (result.negotiation && result.negotiation->selected) {
    auto broken = judge_negotiation(plan, *result.negotiation->selected);
    if (broken) return broken;
  }
  if (result.tls && result.tls->version < plan.min_tls_version) {
    return not_allowed(Phase::tls, std::string(name(result.tls->version)) +
                                       " was agreed, the module requires " +
                                       std::string(name(plan.min_tls_version)));
  }
  if (result.certificate) return judge_certificate(plan, *result.certificate);
  const bool vouched = contains(plan.fail_on, CertificateProblem::untrusted) ||
                       contains(plan.fail_on, CertificateProblem::name_mismatch) ||
                       contains(plan.fail_on, CertificateProblem::self_signed);
  if (result.tls && vouched) {
    return Failure{Phase::tls, FailureReason::certificate_untrusted,
                   "fail_on: the server sent no certificate at all", std::nullopt};
  }
  return std::nullopt;
}

bool is_weak_rdp_key(const McsFacts& mcs) {
  return mcs.rdp_key_bits && *mcs.rdp_key_bits < kMinRdpKeyBits;
}

std::vector<std::string> findings_of(const ProbePlan& plan, const ProbeResult& result) {
  std::vector<std::string> findings;
  if (has_hidden_addresses(plan, result)) findings.emplace_back("several_addresses");
  if (result.negotiation && result.negotiation->selected) {
    const std::uint32_t selected = *result.negotiation->selected;
    if (!is_tls_based(selected)) findings.emplace_back("legacy_rdp_security");
    if (!is_nla(selected)) findings.emplace_back("nla_not_required");
  }
  if (result.tls) {
    if (result.tls->needs_legacy) findings.emplace_back("legacy_tls");
    if (!result.certificate) findings.emplace_back("no_certificate");
    if (was_retried_in_tls(result) && !result.tls->needs_legacy) findings.emplace_back("tls_retried");
  }
  if (result.certificate && contains(result.certificate->problems, CertificateProblem::name_mismatch)) {
    findings.emplace_back("name_mismatch");
  }
  add_nla_findings(result, findings);
  add_mcs_findings(result, findings);
  return findings;
}

}  // namespace rdpwatch::handshake
