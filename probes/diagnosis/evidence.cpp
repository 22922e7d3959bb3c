#include "probes/diagnosis/evidence.hpp"

#include <algorithm>
#include <utility>

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

// A probe that was not connected tried all addresses, whichever it names.
bool is_here(const ProbeResult& attempt, const Evidence& evidence) {
  const ProbeResult& last = evidence.attempts.back();
  const bool connected = passed(attempt, Phase::connect) && passed(last, Phase::connect);
  return !connected || attempt.address == last.address;
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
  for (const auto& attempt : evidence.attempts) {
    if (is_here(attempt, evidence)) out.push_back(&attempt);
  }
  for (const ProbeResult* repeat : results_of(evidence, ExperimentKind::repeat)) out.push_back(repeat);
  return out;
}

std::vector<const ProbeResult*> results_elsewhere(const Evidence& evidence) {
  std::vector<const ProbeResult*> out;
  for (const auto& attempt : evidence.attempts) {
    if (!is_here(attempt, evidence)) out.push_back(&attempt);
  }
  for (const ProbeResult* other : results_of(evidence, ExperimentKind::other_address)) out.push_back(other);
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

Contrast contrast(const Evidence& evidence, ExperimentKind kind, Phase phase) {
  std::vector<std::pair<bool, bool>> steps;  // is it the variant, and did it pass
  const auto add = [&](bool variant, const ProbeResult& result) {
    if (const auto end = ending(result, phase)) steps.emplace_back(variant, *end == Ending::passed);
  };
  for (const auto& attempt : evidence.attempts) {
    if (is_here(attempt, evidence)) add(false, attempt);
  }
  for (const auto& [made, result] : evidence.experiments) {
    if (made == kind || made == ExperimentKind::repeat) add(made == kind, result);
  }
  const auto count = [&](bool variant, bool passed) {
    return std::ranges::count(steps, std::pair(variant, passed));
  };
  if (count(true, true) == 0) return Contrast::none;
  if (count(true, false) > 0 || count(false, true) > 0) return Contrast::mixed;
  const auto first = std::ranges::find(steps, std::pair(true, true));
  const auto again = std::find(first, steps.end(), std::pair(false, false));
  if (again == steps.end()) return Contrast::hint;
  return std::find(again, steps.end(), std::pair(true, true)) == steps.end() ? Contrast::repeated
                                                                             : Contrast::proven;
}

bool only_variant_passed(const Evidence& evidence, ExperimentKind kind, Phase phase) {
  const Contrast found = contrast(evidence, kind, phase);
  return found == Contrast::hint || found == Contrast::repeated || found == Contrast::proven;
}

std::string count_text(int part, int whole) {
  return std::to_string(part) + " of " + std::to_string(whole) +
         (whole == 1 ? " connection" : " connections");
}

}  // namespace rdpwatch::diagnosis
