// What breaks the module's policy: the certificate and the agreed security say it themselves.

#include <cmath>

#include "probes/diagnosis/judge_rules.hpp"
#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/host_identity.hpp"

namespace rdpwatch::diagnosis {

using handshake::Failure;
using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;

namespace {

void judge_security(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  if (failure.phase == Phase::tls) {
    ranking.add("old_tls_only", Likelihood::decisive).because(failure.detail);
    return;
  }
  const ProbeResult& last = last_attempt(evidence);
  const bool standard = last.negotiation && last.negotiation->selected == 0U;
  if (!standard) {
    ranking.add("nla_not_offered", Likelihood::decisive).because(failure.detail);
    return;
  }
  ranking.add("standard_rdp_only", Likelihood::decisive).because(failure.detail);
  ranking.add("certificate_missing", Likelihood::possible)
      .because("a server that negotiates offers standard RDP security alone when it has no certificate");
  ranking.add("private_key_unreadable", Likelihood::possible)
      .because("and when it can't read the certificate's key");
}

void judge_name_on_certificate(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const ProbeResult& last = last_attempt(evidence);
  const std::string shown = last.certificate ? last.certificate->subject : "nobody";
  const std::string text = failure.detail + "; the certificate is for " + shown;
  if (last.host && last.host->name_mismatch.value_or(false)) {
    ranking.add("wrong_machine", Likelihood::likely)
        .because(text)
        .because("the host calls itself " +
                 (last.host->dns_computer.empty() ? last.host->netbios_computer : last.host->dns_computer));
  }
  ranking.add("certificate_not_trusted", Likelihood::likely).because(text);
  ranking.add("wrong_machine", Likelihood::possible)
      .because("another machine at this address shows its own certificate");
  ranking.add("dns_stale", Likelihood::possible)
      .because("a name that leads to another machine shows its certificate");
}

}  // namespace

void judge_expiry(const Evidence& evidence, const std::string& expired, Ranking& ranking) {
  const ProbeResult& last = last_attempt(evidence);
  const auto& skew = last.host ? last.host->clock_skew : std::nullopt;
  const bool clocks_differ = skew && handshake::is_clock_skewed(*skew);
  if (evidence.fleet.prober_clock_wrong || clocks_differ) {
    auto& ours = ranking.add("prober_clock_wrong", Likelihood::likely);
    if (clocks_differ) {
      ours.because("by the host's clock, which is " +
                   handshake::to_text(std::chrono::duration_cast<handshake::Duration>(
                       handshake::Seconds(std::abs(skew->count())))) +
                   " from this machine's, it is another time");
    }
    if (evidence.fleet.prober_clock_wrong) ours.because("the clocks of other hosts differ from it alike");
    ranking.add("certificate_not_renewed", Likelihood::likely)
        .because(expired)
        .but("which of the two clocks is right decides it");
    if (!evidence.fleet.prober_clock_wrong)
      ranking.add("clock_wrong", Likelihood::likely).because("it may be the host's clock that is wrong");
    return;
  }
  auto& cause = ranking.add("certificate_not_renewed", Likelihood::decisive).because(expired);
  if (skew) cause.because("the host's clock agrees with this machine's");
  if (last.certificate && last.certificate->self_signed)
    cause.because("it is self-signed: the host renews such a certificate by itself, and did not");
}

void judge_policy(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const ProbeResult& last = last_attempt(evidence);
  const auto& certificate = last.certificate;
  if (failure.reason == FailureReason::protocol_not_allowed) {
    judge_security(evidence, failure, ranking);
  } else if (failure.reason == FailureReason::certificate_expired) {
    judge_expiry(evidence, failure.detail, ranking);
  } else if (failure.reason == FailureReason::certificate_not_yet_valid) {
    ranking.add("clock_wrong", Likelihood::likely).because(failure.detail + "; its clock made this date");
    ranking.add("prober_clock_wrong", Likelihood::likely)
        .because("a clock that is behind on this machine shows the same");
  } else if (failure.reason == FailureReason::certificate_name_mismatch) {
    judge_name_on_certificate(evidence, failure, ranking);
  } else if (failure.reason == FailureReason::certificate_untrusted) {
    auto& untrusted = ranking.add("certificate_not_trusted", Likelihood::decisive).because(failure.detail);
    if (certificate && certificate->self_signed)
      untrusted.because("it is self-signed: the listener has no other, or fell back to it");
  } else if (failure.reason == FailureReason::certificate_weak) {
    ranking.add("weak_certificate", Likelihood::decisive).because(failure.detail);
  }
}

}  // namespace rdpwatch::diagnosis
