// CredSSP, MCS and licensing: mostly the host says in numbers why it ends. MS-CSSP 2.2.1, MS-RDPBCGR
// 2.2.5.1.1, MS-RDPELE 2.2.2.7.1.

#include <algorithm>
#include <array>

#include "probes/diagnosis/judge_rules.hpp"

namespace rdpwatch::diagnosis {

using handshake::Category;
using handshake::Failure;
using handshake::FailureReason;
using handshake::Phase;

namespace {

// NTSTATUS, MS-ERREF 2.3.1.
constexpr std::int64_t kNoLogonServers = 0xC000005E;
constexpr std::int64_t kNotSupported = 0xC00000BB;
constexpr std::int64_t kTimeDifference = 0xC0000133;
constexpr std::int64_t kTrustedDomainFailure = 0xC000018C;
constexpr std::int64_t kTrustedRelationshipFailure = 0xC000018D;
constexpr std::int64_t kNtlmBlocked = 0xC0000418;

void judge_status(const Failure& failure, Ranking& ranking) {
  const std::int64_t status = failure.number.value_or(0);
  if (status == kNtlmBlocked) {
    ranking.add("inbound_ntlm_blocked", Likelihood::decisive).because("the host says so: " + failure.detail);
    return;
  }
  if (status == kTimeDifference) {
    ranking.add("clock_wrong", Likelihood::decisive)
        .because("the host's clock and its domain controller's differ: " + failure.detail);
    return;
  }
  if (status == kNoLogonServers || status == kTrustedDomainFailure || status == kTrustedRelationshipFailure) {
    ranking.add("domain_trust_broken", Likelihood::decisive).because("the host says so: " + failure.detail);
    return;
  }
  if (status == kNotSupported) {
    ranking.add("credssp_refused", Likelihood::likely).because(failure.detail);
    ranking.add("inbound_ntlm_blocked", Likelihood::likely)
        .because("hosts that refuse NTLM answer with this number too");
    return;
  }
  // No credentials were sent, so a number about an account is about the host's own rules.
  ranking.add("inbound_ntlm_blocked", Likelihood::possible).because(failure.detail);
  ranking.add("domain_trust_broken", Likelihood::possible)
      .because("the host may not be able to ask its domain: " + failure.detail);
  ranking.add("credssp_refused", Likelihood::possible).because("it refused before it knew who asks");
}

void judge_nla(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  if (handshake::category(failure.reason) == Category::authentication) return judge_status(failure, ranking);
  if (is_unsteady(evidence, Phase::nla)) return judge_unsteady(evidence, failure, ranking);
  if (failure.reason == FailureReason::timeout) {
    ranking.add("server_stalled", Likelihood::likely)
        .because("the host took the first message of CredSSP and did not answer: " + failure.detail);
    ranking.add("domain_trust_broken", Likelihood::possible)
        .because("a host that waits for a domain controller is as silent");
    return;
  }
  ranking.add("credssp_refused", Likelihood::likely)
      .because("the first message of CredSSP ended it: " + failure.detail);
  ranking.add("inbound_ntlm_blocked", Likelihood::likely)
      .because("a host that blocks NTLM may end without a word");
  ranking.add("inline_device_cuts_tls", Likelihood::possible)
      .because("a device that opens TLS can see NLA and end it")
      .but("TLS itself was not cut");
}

bool is_about_licences(const Failure& failure) {
  return handshake::category(failure.reason) == Category::licensing;
}

void judge_end_of_session(const Failure& failure, Ranking& ranking) {
  ranking.add("session_denied", Likelihood::likely)
      .because("the host ended it by a number: " + failure.detail);
  ranking.add("drain_mode", Likelihood::possible).because("a host that takes no new sessions may say it so");
}

}  // namespace

void judge_session(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  if (failure.phase == Phase::nla || failure.phase == Phase::login)
    return judge_nla(evidence, failure, ranking);
  if (is_about_licences(failure)) {
    ranking.add("license_server_missing", Likelihood::decisive)
        .because("the host says so itself: " + failure.detail);
    return;
  }
  if (is_unsteady(evidence, failure.phase)) return judge_unsteady(evidence, failure, ranking);
  if (failure.reason == FailureReason::error_info) return judge_end_of_session(failure, ranking);
  if (failure.reason == FailureReason::access_denied) {
    ranking.add("session_denied", Likelihood::decisive).because("the host says so: " + failure.detail);
    ranking.add("drain_mode", Likelihood::possible)
        .because("drain mode and session limits are denied so too");
    return;
  }
  if (failure.reason == FailureReason::mcs_refused) {
    ranking.add("drain_mode", Likelihood::likely)
        .because("the host ended the session in its first steps: " + failure.detail);
    ranking.add("termservice_broken", Likelihood::likely)
        .because("a service that can't set a session up refuses the same way");
    ranking.add("session_denied", Likelihood::possible).because("limits of sessions show as this");
    return;
  }
  if (failure.reason == FailureReason::timeout) {
    if (failure.phase == Phase::licensing) {
      ranking.add("license_server_missing", Likelihood::likely)
          .because("the session stands and no word on licences comes: " + failure.detail);
    }
    ranking.add("server_stalled", Likelihood::likely)
        .because("the host stopped answering in the middle of the session's setup: " + failure.detail);
    return;
  }
  ranking.add("termservice_broken", Likelihood::likely)
      .because("the host broke the session's setup off: " + failure.detail);
  ranking.add("server_stalled", Likelihood::possible)
      .because("a service in trouble ends connections anywhere");
}

}  // namespace rdpwatch::diagnosis
