#include "probes/diagnosis/evidence.hpp"

#include <algorithm>

namespace rdpwatch::diagnosis {

using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;
using handshake::Verdict;

namespace {

Ending ending_by_reason(FailureReason reason) {
  switch (reason) {
    case FailureReason::timeout:
      return Ending::silent;
    case FailureReason::connection_reset:
      return Ending::reset;
    case FailureReason::connection_closed:
      return Ending::closed;
    case FailureReason::connection_refused:
      return Ending::refused;
    case FailureReason::host_unreachable:
    case FailureReason::network_unreachable:
      return Ending::unreachable;
    case FailureReason::tls_alert:
      return Ending::alert;
    case FailureReason::name_not_found:
    case FailureReason::resolver_failed:
    case FailureReason::not_rdp:
    case FailureReason::malformed_pdu:
    case FailureReason::unexpected_pdu:
    case FailureReason::oversized_pdu:
    case FailureReason::mcs_refused:
    case FailureReason::error_info:
    case FailureReason::ssl_required_by_server:
    case FailureReason::ssl_not_allowed_by_server:
    case FailureReason::ssl_cert_not_on_server:
    case FailureReason::inconsistent_flags:
    case FailureReason::hybrid_required_by_server:
    case FailureReason::ssl_with_user_auth_required_by_server:
    case FailureReason::negotiation_failure_unknown:
    case FailureReason::tls_not_spoken:
    case FailureReason::tls_protocol_error:
    case FailureReason::certificate_expired:
    case FailureReason::certificate_not_yet_valid:
    case FailureReason::certificate_name_mismatch:
    case FailureReason::certificate_untrusted:
    case FailureReason::certificate_weak:
    case FailureReason::credentials_rejected:
    case FailureReason::account_restricted:
    case FailureReason::access_denied:
    case FailureReason::nla_protocol_error:
    case FailureReason::license_refused:
    case FailureReason::license_error:
    case FailureReason::protocol_not_allowed:
    case FailureReason::local_resources:
    case FailureReason::internal_error:
      return Ending::odd;
  }
  return Ending::odd;
}

// The places, in order, at which plain and varied connections were made.
struct Sequence {
  std::vector<const ProbeResult*> before;  ///< plain ones before the variant
  const ProbeResult* variant = nullptr;    ///< the last of its kind that passed
  std::vector<const ProbeResult*> after;
};

Sequence around(const Evidence& evidence, ExperimentKind kind, Phase phase) {
  Sequence out;
  for (const auto& attempt : evidence.attempts) out.before.push_back(&attempt);
  for (const auto& [made, result] : evidence.experiments) {
    if (made == kind && passed(result, phase)) {
      out.before.insert(out.before.end(), out.after.begin(), out.after.end());
      out.after.clear();
      out.variant = &result;
    } else if (made == ExperimentKind::repeat) {
      (out.variant == nullptr ? out.before : out.after).push_back(&result);
    }
  }
  return out;
}

bool failed_in(const ProbeResult* result, Phase phase) {
  const auto end = ending(*result, phase);
  return end && *end != Ending::passed;
}

}  // namespace

std::string_view name(Ending ending) {
  switch (ending) {
    case Ending::passed:
      return "passed";
    case Ending::silent:
      return "no answer";
    case Ending::reset:
      return "reset";
    case Ending::closed:
      return "closed";
    case Ending::refused:
      return "refused";
    case Ending::unreachable:
      return "reported unreachable";
    case Ending::alert:
      return "TLS alert";
    case Ending::odd:
      return "refused in its own words";
  }
  return "unknown";
}

const ProbeResult& last_attempt(const Evidence& evidence) {
  return evidence.attempts.back();
}

const handshake::Failure* failure_of(const Evidence& evidence) {
  const ProbeResult& last = last_attempt(evidence);
  return last.verdict == Verdict::failure && last.failure ? &*last.failure : nullptr;
}

std::optional<Ending> ending(const ProbeResult& result, Phase phase) {
  if (result.verdict == Verdict::success) return Ending::passed;
  if (result.verdict != Verdict::failure || !result.failure) return std::nullopt;
  if (result.failure->phase > phase) return Ending::passed;
  if (result.failure->phase < phase) return std::nullopt;
  return ending_by_reason(result.failure->reason);
}

bool passed(const ProbeResult& result, Phase phase) {
  return ending(result, phase) == Ending::passed;
}

std::vector<const ProbeResult*> results_of(const Evidence& evidence, ExperimentKind kind) {
  std::vector<const ProbeResult*> out;
  for (const auto& [made, result] : evidence.experiments) {
    if (made == kind) out.push_back(&result);
  }
  return out;
}

const ProbeResult* result_of(const Evidence& evidence, ExperimentKind kind) {
  const auto all = results_of(evidence, kind);
  return all.empty() ? nullptr : all.back();
}

std::vector<const ProbeResult*> plain_results(const Evidence& evidence) {
  std::vector<const ProbeResult*> out;
  for (const auto& attempt : evidence.attempts) out.push_back(&attempt);
  for (const ProbeResult* repeat : results_of(evidence, ExperimentKind::repeat)) out.push_back(repeat);
  return out;
}

Tally tally(const Evidence& evidence, Phase phase) {
  Tally out;
  for (const ProbeResult* result : plain_results(evidence)) {
    const auto end = ending(*result, phase);
    if (!end) continue;
    ++(*end == Ending::passed ? out.passed : out.failed);
  }
  return out;
}

bool only_variant_passed(const Evidence& evidence, ExperimentKind kind, Phase phase) {
  const Sequence sequence = around(evidence, kind, phase);
  const auto failed = [phase](const ProbeResult* result) { return failed_in(result, phase); };
  return sequence.variant != nullptr && std::ranges::all_of(sequence.before, failed) &&
         std::ranges::all_of(sequence.after, failed);
}

bool failed_again_after(const Evidence& evidence, ExperimentKind kind, Phase phase) {
  return only_variant_passed(evidence, kind, phase) && !around(evidence, kind, phase).after.empty();
}

std::string count_text(int part, int whole) {
  return std::to_string(part) + " of " + std::to_string(whole) +
         (whole == 1 ? " connection" : " connections");
}

}  // namespace rdpwatch::diagnosis
