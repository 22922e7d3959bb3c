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

void judge_certificate(const Evidence& evidence, const ProbeResult& result, Ranking& ranking) {
  if (has(result, CertificateProblem::expired))
    judge_expiry(evidence, "the certificate has expired; clients that check it refuse the host", ranking);
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

/// Of the four plain connections that a user who fails is worth.
constexpr int kLossyToSpeak = 3;

bool lost_something(const ProbeResult& result) {
  if (result.transport && result.transport->retransmits > 0) return true;
  return std::ranges::any_of(result.phases, [](const handshake::PhaseTiming& timing) {
    return timing.phase == Phase::connect && timing.duration >= kSynAgain;
  });
}

// A user's bad moment may be one of many: what plain connections one after another show.
void judge_steadiness(const Evidence& evidence, Ranking& ranking) {
  const auto all = plain_results(evidence);
  int lossy = 0;
  const ProbeResult* failed = nullptr;
  for (const ProbeResult* result : all) {
    lossy += lost_something(*result) ? 1 : 0;
    if (result->verdict == handshake::Verdict::failure) failed = result;
  }
  const int count = static_cast<int>(all.size());
  // Every path loses a segment now and then; one that does so in most connections is worth a word.
  const bool often = lossy >= kLossyToSpeak || (lossy > 0 && failed != nullptr &&
                                                failed->failure->reason == handshake::FailureReason::timeout);
  if (often) {
    ranking.add("packet_loss", Likelihood::likely)
        .because("in " + count_text(lossy, count) + " segments had to be sent again");
  }
  if (failed == nullptr) return;
  const std::string text = "of " + std::to_string(count) +
                           " connections at least one failed: " + handshake::describe(*failed->failure);
  if (!often) ranking.add("too_many_pending_connections", Likelihood::likely).because(text);
  ranking.add("server_stalled", Likelihood::possible).because(text);
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
    constexpr std::uint32_t kNotSupported = 0xC00000BB;
    if (result.nla && result.nla->error_code == kNotSupported) {
      ranking.add("credssp_refused", Likelihood::likely)
          .because("STATUS_NOT_SUPPORTED is said of a version of CredSSP, too");
    }
  }
}

void judge_addresses(const Evidence& evidence, Ranking& ranking) {
  for (const ProbeResult* other : results_elsewhere(evidence)) {
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
  judge_certificate(evidence, result, ranking);
  judge_clock(evidence, result, ranking);
  judge_speed(result, ranking);
  judge_nla_finding(result, ranking);
  judge_addresses(evidence, ranking);
  if (!evidence.user_fails) return;
  judge_steadiness(evidence, ranking);
  ranking.add("client_side_only", ranking.empty() ? Likelihood::likely : Likelihood::possible)
      .because("from here every phase ended well, in " + handshake::to_text(result.duration) +
               ": what fails for a user is on the user's machine or on the way from there");
}

}  // namespace rdpwatch::diagnosis
