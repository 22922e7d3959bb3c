#pragma once
// The findings of an endpoint: what is wrong without failing it.

#include <algorithm>
#include <string_view>
#include <vector>

#include "daemon/fleet/certificate_change.hpp"
#include "daemon/fleet/clock_skew.hpp"
#include "daemon/fleet/target_state.hpp"
#include "probes/handshake/host_identity.hpp"

namespace rdpwatch::fleet {

/// Calls show(std::string_view) for each that holds at `now`: of the last attempt, of what the store saw
/// change, and of the last audit. What two found is shown once.
template <class Show>
void for_each_finding(const TargetState& state, WallTime now, Show show) {
  const auto* const result = state.last_result.get();
  if (result != nullptr) std::for_each(result->findings.begin(), result->findings.end(), show);
  if (result != nullptr && adds_clock_finding(state.clock, *result)) show(handshake::kClockSkewFinding);
  if (has_changed_certificate(state, now)) show(kCertificateChangedFinding);
  if (!state.audit) return;
  for (const auto& id : state.audit->findings) {
    const bool shown_above = result != nullptr && std::find(result->findings.begin(), result->findings.end(),
                                                            id) != result->findings.end();
    if (!shown_above) show(id);
  }
}

/// Whether the certificate last seen has this problem; the two that depend on the time are judged at `now`,
/// not when it was seen.
inline bool has_problem(const handshake::CertificateFacts& certificate, handshake::CertificateProblem problem,
                        WallTime now) {
  if (problem == handshake::CertificateProblem::expired) return now > certificate.not_after;
  if (problem == handshake::CertificateProblem::not_yet_valid) return now < certificate.not_before;
  return std::find(certificate.problems.begin(), certificate.problems.end(), problem) !=
         certificate.problems.end();
}

/// All that it has at `now`, in the enum's order.
inline std::vector<handshake::CertificateProblem> problems_of(const handshake::CertificateFacts& certificate,
                                                              WallTime now) {
  std::vector<handshake::CertificateProblem> out;
  for (std::size_t i = 0; i < handshake::kCertificateProblems; ++i) {
    const auto problem = static_cast<handshake::CertificateProblem>(i);
    if (has_problem(certificate, problem, now)) out.push_back(problem);
  }
  return out;
}

}  // namespace rdpwatch::fleet
