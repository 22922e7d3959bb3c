// What breaks the module's policy: the certificate and the agreed security say it themselves.

#include "probes/diagnosis/judge_rules.hpp"
#include "probes/handshake/protocol_names.hpp"

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
  ranking.add("dns_stale", Likelihood::possible)
      .because("a name that leads to another machine shows its certificate");
}

}  // namespace

void judge_policy(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const ProbeResult& last = last_attempt(evidence);
  const auto& certificate = last.certificate;
  if (failure.reason == FailureReason::protocol_not_allowed) {
    judge_security(evidence, failure, ranking);
  } else if (failure.reason == FailureReason::certificate_expired) {
    const Likelihood sure = evidence.fleet.prober_clock_wrong ? Likelihood::likely : Likelihood::decisive;
    auto& expired = ranking.add("certificate_not_renewed", sure).because(failure.detail);
    if (certificate && certificate->self_signed)
      expired.because("it is self-signed: the host renews such a certificate by itself, and did not");
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
