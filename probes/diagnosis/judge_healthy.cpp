// A host that answers: what is wrong all the same, and what is left when a user fails where we succeed.

#include <algorithm>

#include "probes/diagnosis/judge_rules.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::diagnosis {

using handshake::CertificateProblem;
using handshake::Phase;
using handshake::ProbeResult;

namespace {

/// Later than this a phase is felt by users; beyond the round trips that it needs.
constexpr handshake::Duration kSlowPhase = std::chrono::milliseconds(1000);
constexpr int kRoundTripsOfPhase = 6;

bool found(const ProbeResult& result, std::string_view finding) {
  return std::ranges::find(result.findings, finding) != result.findings.end();
}

bool has(const ProbeResult& result, CertificateProblem problem) {
  return result.certificate &&
         std::ranges::find(result.certificate->problems, problem) != result.certificate->problems.end();
}

std::string own_name(const ProbeResult& result) {
  return result.host->dns_computer.empty() ? result.host->netbios_computer : result.host->dns_computer;
}

void judge_identity(const Evidence& evidence, const ProbeResult& result, Ranking& ranking) {
  if (found(result, "host_name_mismatch")) {
    const std::string text =
        "asked for " + evidence.plan.host + ", the host calls itself " + own_name(result);
    ranking.add("wrong_machine", Likelihood::likely).because(text);
    ranking.add("dns_stale", Likelihood::likely).because(text + "; a stale record leads to another machine");
  }
  if (found(result, "negotiation_tampered")) {
    ranking.add("negotiation_rewritten", Likelihood::decisive)
        .because("the host heard another request for security protocols than was sent");
  }
  const auto& known = evidence.fleet.certificate;
  if (known && result.certificate && found(result, "certificate_changed")) {
    ranking.add("certificate_replaced", Likelihood::likely)
        .because("the certificate is another than before, and not as a renewal makes it: " + known->subject +
                 " by " + known->issuer + " became " + result.certificate->subject + " by " +
                 result.certificate->issuer);
  }
}

void judge_certificate(const ProbeResult& result, Ranking& ranking) {
  if (has(result, CertificateProblem::expired)) {
    ranking.add("certificate_not_renewed", Likelihood::decisive)
        .because("the certificate has expired; clients that check it refuse the host");
  }
  if (found(result, "certificate_renewal_overdue")) {
    ranking.add("certificate_renewal_stuck", Likelihood::likely)
        .because("the self-signed certificate is near the end of its life, and Windows has not renewed it");
  }
  if (has(result, CertificateProblem::untrusted)) {
    ranking.add("certificate_not_trusted", Likelihood::decisive)
        .because("the certificate does not lead to the module's ca_file");
  }
}

void judge_clock(const Evidence& evidence, const ProbeResult& result, Ranking& ranking) {
  if (!found(result, "clock_skew")) return;
  const auto& skew = result.host ? result.host->clock_skew : std::nullopt;
  std::string text = "the clocks of the host and of this machine differ by more than 5 minutes";
  if (skew)
    text = "the host's clock is " +
           handshake::to_text(std::chrono::duration_cast<handshake::Duration>(
               std::chrono::duration<double>(std::abs(skew->count())))) +
           (skew->count() > 0 ? " ahead of" : " behind") + " this machine's";
  if (evidence.fleet.prober_clock_wrong) {
    ranking.add("prober_clock_wrong", Likelihood::likely)
        .because("most hosts of the fleet differ from it alike");
    return;
  }
  ranking.add("clock_wrong", Likelihood::likely).because(text);
  if (evidence.fleet.siblings == 0)
    ranking.add("prober_clock_wrong", Likelihood::possible)
        .because("with one host it may be this machine's clock");
}

void judge_speed(const ProbeResult& result, Ranking& ranking) {
  const handshake::Duration rtt = result.transport ? result.transport->rtt : handshake::Duration{};
  for (const auto& timing : result.phases) {
    if (timing.phase == Phase::resolve || timing.phase == Phase::connect) continue;
    if (timing.duration < kSlowPhase || timing.duration < kRoundTripsOfPhase * rtt) continue;
    const bool lossy = result.transport && result.transport->retransmits > 0;
    const std::string text = "phase " + std::string(handshake::name(timing.phase)) + " took " +
                             handshake::to_text(timing.duration) + " at a round trip of " +
                             handshake::to_text(rtt);
    ranking.add("server_slow", lossy ? Likelihood::possible : Likelihood::likely).because(text);
    if (!lossy) continue;
    ranking.add("packet_loss", Likelihood::likely)
        .because(text)
        .because(std::to_string(result.transport->retransmits) + " segments had to be sent again");
  }
}

void judge_nla_finding(const ProbeResult& result, Ranking& ranking) {
  if (found(result, "nla_closed_on_negotiate")) {
    ranking.add("credssp_refused", Likelihood::possible)
        .because("the host closed at the first message of CredSSP; one that wants Kerberos only does so too");
    ranking.add("inbound_ntlm_blocked", Likelihood::possible).because("a host that blocks NTLM does so");
  }
  if (found(result, "nla_ntlm_refused")) {
    ranking.add("inbound_ntlm_blocked", Likelihood::likely)
        .because("the host speaks CredSSP and refuses NTLM: clients without Kerberos can't log on");
  }
}

void judge_addresses(const Evidence& evidence, Ranking& ranking) {
  for (const ProbeResult* other : results_of(evidence, ExperimentKind::other_address)) {
    if (other->verdict != handshake::Verdict::failure) continue;
    ranking.add("farm_member_dead", Likelihood::decisive)
        .because(other->address +
                 ", another address of the name, fails: " + handshake::describe(*other->failure));
  }
}

}  // namespace

void judge_healthy(const Evidence& evidence, Ranking& ranking) {
  const ProbeResult& result = last_attempt(evidence);
  judge_identity(evidence, result, ranking);
  judge_certificate(result, ranking);
  judge_clock(evidence, result, ranking);
  judge_speed(result, ranking);
  judge_nla_finding(result, ranking);
  judge_addresses(evidence, ranking);
  if (!evidence.user_fails) return;
  ranking.add("client_side_only", ranking.empty() ? Likelihood::likely : Likelihood::possible)
      .because("from here every phase ended well, in " + handshake::to_text(result.duration) +
               ": what fails for a user is on the user's machine or on the way from there");
}

}  // namespace rdpwatch::diagnosis
