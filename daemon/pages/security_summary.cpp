#include "daemon/pages/security_summary.hpp"

#include <algorithm>
#include <charconv>

#include "daemon/fleet/findings.hpp"
#include "daemon/pages/certificate_list.hpp"

namespace rdpwatch::pages {
namespace {

using fleet::TargetState;

void count_certificate(SecuritySummary& summary, const TargetState& state, fleet::WallTime now) {
  if (!state.certificate) return;
  const auto is = [&](CertificateKind kind) { return is_of_kind(state, kind, now) ? 1U : 0U; };
  ++summary.certificates;
  summary.expired += is(CertificateKind::expired);
  summary.weak += is(CertificateKind::weak);
  summary.name_mismatch += is(CertificateKind::name_mismatch);
  summary.self_signed += is(CertificateKind::self_signed);
}

bool has_build(const TargetState& state) {
  return state.host && !state.host->os_build.empty();
}

void count_build(SecuritySummary& summary, const TargetState& state) {
  if (!has_build(state)) {
    ++summary.without_build;
    return;
  }
  auto& build = summary.builds[state.host->os_build];
  build.os_name = state.host->os_name;
  ++build.hosts;
}

void count_module(SecuritySummary& summary, const TargetState& state) {
  auto& module = summary.modules[state.target->recipe->module];
  module.depth = state.target->recipe->depth;
  ++module.hosts;
  const auto* const last = state.last_result.get();
  if (last != nullptr && last->negotiation && last->negotiation->selected) ++module.negotiated;
  if (has_build(state)) ++module.named;
  if (state.audit) ++module.audited;
  module.audits = module.audits || state.target->audit_interval.count() > 0;
}

void count_audit(SecuritySummary& summary, const TargetState& state) {
  if (!state.audit) return;
  ++summary.audited;
  const auto when = state.audit->started;
  if (!summary.newest_audit || *summary.newest_audit < when) summary.newest_audit = when;
  if (!summary.oldest_audit || when < *summary.oldest_audit) summary.oldest_audit = when;
}

}  // namespace

std::vector<std::uint32_t> build_numbers(std::string_view build) {
  std::vector<std::uint32_t> out;
  const char* at = build.data();
  const char* const end = build.data() + build.size();
  while (at != end) {
    std::uint32_t number = 0;
    const auto [behind, error] = std::from_chars(at, end, number);
    if (error != std::errc() || (behind != end && *behind != '.')) return {};
    out.push_back(number);
    at = behind == end ? end : behind + 1;
  }
  return out;
}

SecuritySummary security_of(const std::vector<fleet::StatePtr>& fleet, fleet::WallTime now) {
  SecuritySummary summary;
  for (const auto& state : fleet) {
    for (const auto posture : handshake::postures(state->last_result.get(), state->audit.get()))
      ++summary.postures[static_cast<std::size_t>(posture)];
    fleet::for_each_finding(*state, now, [&summary](std::string_view id) { ++summary.findings[id]; });
    count_certificate(summary, *state, now);
    count_build(summary, *state);
    count_module(summary, *state);
    count_audit(summary, *state);
  }
  return summary;
}

}  // namespace rdpwatch::pages
