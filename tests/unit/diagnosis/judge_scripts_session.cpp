#include "tests/unit/diagnosis/evidence_builder.hpp"
#include "tests/unit/diagnosis/judge_scripts.hpp"

namespace rdpwatch::diagnosis {

using handshake::CertificateProblem;
using handshake::FailureReason;
using handshake::Phase;
using Kind = ExperimentKind;
using namespace std::chrono_literals;

namespace {

handshake::ProbeResult finds(std::string finding) {
  auto result = passing();
  result.findings.push_back(std::move(finding));
  result.certificate = certificate("bb");
  result.host = handshake::HostFacts{};
  result.host->dns_computer = "ts07.corp.example";
  result.host->clock_skew = 3600s;
  return result;
}

handshake::ProbeResult policy(Phase phase, FailureReason reason, std::uint32_t selected = 2) {
  auto result = failing(phase, reason, "fail_on");
  result.negotiation.emplace();
  result.negotiation->selected = selected;
  result.certificate = certificate();
  return result;
}

std::vector<JudgeScript> policy_scripts() {
  auto stranger = policy(Phase::tls, FailureReason::certificate_name_mismatch);
  stranger.host = handshake::HostFacts{};
  stranger.host->netbios_computer = "TS07";
  stranger.host->name_mismatch = true;
  return {
      {"expired",
       EvidenceBuilder(policy(Phase::tls, FailureReason::certificate_expired)),
       {"decisive certificate_not_renewed"}},
      {"not yet valid",
       EvidenceBuilder(policy(Phase::tls, FailureReason::certificate_not_yet_valid)),
       {"likely clock_wrong", "likely prober_clock_wrong"}},
      {"for another name",
       EvidenceBuilder(stranger),
       {"likely wrong_machine", "likely certificate_not_trusted", "possible dns_stale"}},
      {"untrusted",
       EvidenceBuilder(policy(Phase::tls, FailureReason::certificate_untrusted)),
       {"decisive certificate_not_trusted"}},
      {"weak",
       EvidenceBuilder(policy(Phase::tls, FailureReason::certificate_weak)),
       {"decisive weak_certificate"}},
      {"old TLS",
       EvidenceBuilder(policy(Phase::tls, FailureReason::protocol_not_allowed)),
       {"decisive old_tls_only"}},
      {"no NLA",
       EvidenceBuilder(policy(Phase::negotiate, FailureReason::protocol_not_allowed, 1)),
       {"decisive nla_not_offered"}},
      {"no TLS",
       EvidenceBuilder(policy(Phase::negotiate, FailureReason::protocol_not_allowed, 0)),
       {"decisive standard_rdp_only", "possible certificate_missing", "possible private_key_unreadable"}},
  };
}

std::vector<JudgeScript> session_scripts() {
  const auto status = [](std::int64_t number) {
    return failing(Phase::nla, FailureReason::nla_protocol_error, "errorCode", number);
  };
  return {
      {"NTLM blocked", EvidenceBuilder(status(0xC0000418)), {"decisive inbound_ntlm_blocked"}},
      {"no domain controller", EvidenceBuilder(status(0xC000005E)), {"decisive domain_trust_broken"}},
      {"trust broken", EvidenceBuilder(status(0xC000018D)), {"decisive domain_trust_broken"}},
      {"time difference", EvidenceBuilder(status(0xC0000133)), {"decisive clock_wrong"}},
      {"not supported",
       EvidenceBuilder(status(0xC00000BB)),
       {"likely credssp_refused", "likely inbound_ntlm_blocked"}},
      {"another status",
       EvidenceBuilder(status(0xC0000001)),
       {"possible inbound_ntlm_blocked", "possible domain_trust_broken", "possible credssp_refused"}},
      {"CredSSP reset",
       EvidenceBuilder(ended(Phase::nla, FailureReason::connection_reset, "NTLM NEGOTIATE", 3ms)),
       {"likely credssp_refused", "likely inbound_ntlm_blocked", "possible inline_device_cuts_tls"}},
      {"CredSSP silent",
       EvidenceBuilder(ended(Phase::nla, FailureReason::timeout, "NTLM NEGOTIATE", 5s)),
       {"likely server_stalled", "possible domain_trust_broken"}},
      {"no licence",
       EvidenceBuilder(failing(Phase::licensing, FailureReason::license_error, "0x101", 0x101)),
       {"decisive license_server_missing"}},
      {"licensing silent",
       EvidenceBuilder(ended(Phase::licensing, FailureReason::timeout, "Client Info", 5s)),
       {"likely license_server_missing", "likely server_stalled"}},
      {"MCS refused",
       EvidenceBuilder(failing(Phase::mcs, FailureReason::mcs_refused, "result 14", 14)),
       {"likely drain_mode", "likely termservice_broken", "possible session_denied"}},
      {"denied by Set Error Info",
       EvidenceBuilder(failing(Phase::licensing, FailureReason::access_denied, "0x7", 7)),
       {"decisive session_denied", "possible drain_mode"}},
      {"another Set Error Info",
       EvidenceBuilder(failing(Phase::licensing, FailureReason::error_info, "0x3", 3)),
       {"likely session_denied", "possible drain_mode"}},
      {"MCS cut",
       EvidenceBuilder(ended(Phase::mcs, FailureReason::connection_reset, "MCS Connect-Initial", 3ms)),
       {"likely termservice_broken", "possible server_stalled"}},
  };
}

/// Two attempts of a name that led to another host each time.
Evidence attempts_at(handshake::ProbeResult first, handshake::ProbeResult last) {
  first.address = "10.0.0.10:3389";
  Evidence evidence = EvidenceBuilder(std::move(first)).user_fails();
  evidence.attempts.push_back(std::move(last));
  return evidence;
}

std::vector<JudgeScript> health_scripts() {
  auto expired = passing();
  expired.certificate = certificate();
  expired.certificate->problems = {CertificateProblem::expired};
  auto slow = passing();
  slow.phases = {{Phase::tls, 1800ms}};
  auto lossy = slow;
  lossy.transport->retransmits = 3;
  auto untrusted = passing();
  untrusted.certificate = certificate();
  untrusted.certificate->problems = {CertificateProblem::untrusted};
  FleetContext known;
  known.certificate = certificate("aa");
  known.siblings = 4;
  FleetContext wrong_clock;
  wrong_clock.prober_clock_wrong = true;
  wrong_clock.siblings = 4;
  auto resent = passing();
  resent.transport->retransmits = 1;
  const auto cut = cut_at_client_hello();
  const auto expired_at = [](handshake::Seconds skew) {
    auto result = policy(Phase::tls, FailureReason::certificate_expired);
    result.host = handshake::HostFacts{};
    result.host->clock_skew = skew;
    return result;
  };
  auto dead = ended(Phase::connect, FailureReason::timeout, "SYN", 4s);
  dead.address = "10.0.0.10:3389";

  return {
      {"healthy", EvidenceBuilder(passing()), {}},
      {"healthy, yet a user fails", EvidenceBuilder(passing()).user_fails(), {"likely client_side_only"}},
      {"one of three connections fails",
       EvidenceBuilder(passing()).user_fails().tried(Kind::repeat, cut),
       {"likely too_many_pending_connections", "possible server_stalled", "possible client_side_only"}},
      {"segments are lost in most connections",
       EvidenceBuilder(resent)
           .user_fails()
           .tried(Kind::repeat, resent)
           .tried(Kind::repeat, passing())
           .tried(Kind::repeat, resent),
       {"likely packet_loss", "possible client_side_only"}},
      {"segments are lost and a connection dies of it",
       EvidenceBuilder(resent).user_fails().tried(Kind::repeat, silent_in_tls()),
       {"likely packet_loss", "possible server_stalled", "possible client_side_only"}},
      {"segments are lost as on any path",
       EvidenceBuilder(resent).user_fails().tried(Kind::repeat, resent).tried(Kind::repeat, passing()),
       {"likely client_side_only"}},
      {"expired by the host's clock too",
       EvidenceBuilder(expired_at(0s)),
       {"decisive certificate_not_renewed"}},
      {"expired by our clock alone",
       EvidenceBuilder(expired_at(-129'600'000s)),
       {"likely prober_clock_wrong", "likely certificate_not_renewed", "likely clock_wrong"}},
      {"expired by our clock alone, as others say",
       EvidenceBuilder(expired_at(-129'600'000s)).fleet(wrong_clock),
       {"likely prober_clock_wrong", "likely certificate_not_renewed"}},
      {"healthy by one address of two",
       EvidenceBuilder(passing()).user_fails().tried(Kind::other_address, dead),
       {"decisive farm_member_dead", "possible client_side_only"}},
      {"one attempt of two met another address",
       attempts_at(cut, passing()),
       {"decisive farm_member_dead", "possible client_side_only"}},
      {"another machine answers",
       EvidenceBuilder(finds("host_name_mismatch")),
       {"likely wrong_machine", "likely dns_stale"}},
      {"negotiation tampered with",
       EvidenceBuilder(finds("negotiation_tampered")),
       {"decisive negotiation_rewritten"}},
      {"another certificate",
       EvidenceBuilder(finds("certificate_changed")).fleet(known),
       {"likely certificate_replaced"}},
      {"renewal overdue",
       EvidenceBuilder(finds("certificate_renewal_overdue")),
       {"likely certificate_renewal_stuck"}},
      {"expired and not judged", EvidenceBuilder(expired), {"decisive certificate_not_renewed"}},
      {"expired and not judged, by our clock alone",
       EvidenceBuilder(expired).fleet(wrong_clock),
       {"likely prober_clock_wrong", "likely certificate_not_renewed"}},
      {"untrusted and not judged", EvidenceBuilder(untrusted), {"decisive certificate_not_trusted"}},
      {"clock skew among others", EvidenceBuilder(finds("clock_skew")).fleet(known), {"likely clock_wrong"}},
      {"clock skew of a single host",
       EvidenceBuilder(finds("clock_skew")),
       {"likely clock_wrong", "possible prober_clock_wrong"}},
      {"clock skew of all",
       EvidenceBuilder(finds("clock_skew")).fleet(wrong_clock),
       {"likely prober_clock_wrong"}},
      {"slow", EvidenceBuilder(slow), {"likely server_slow"}},
      {"slow with loss", EvidenceBuilder(lossy), {"likely packet_loss", "possible server_slow"}},
      {"closed at CredSSP",
       EvidenceBuilder(finds("nla_closed_on_negotiate")),
       {"possible credssp_refused", "possible inbound_ntlm_blocked"}},
      {"NTLM refused", EvidenceBuilder(finds("nla_ntlm_refused")), {"likely inbound_ntlm_blocked"}},
  };
}

}  // namespace

std::vector<JudgeScript> session_and_health_scripts() {
  std::vector<JudgeScript> all = policy_scripts();
  for (auto& script : session_scripts()) all.push_back(std::move(script));
  for (auto& script : health_scripts()) all.push_back(std::move(script));
  return all;
}

}  // namespace rdpwatch::diagnosis
