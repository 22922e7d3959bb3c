#include "tests/unit/diagnosis/evidence_builder.hpp"
#include "tests/unit/diagnosis/judge_scripts.hpp"

namespace rdpwatch::diagnosis {

using handshake::FailureReason;
using handshake::Phase;
using Kind = ExperimentKind;
using namespace std::chrono_literals;

namespace {

handshake::ProbeResult shows(handshake::CertificateFacts facts) {
  auto result = passing();
  result.certificate = std::move(facts);
  return result;
}

}  // namespace

std::vector<JudgeScript> negotiation_scripts() {
  const auto cut = ended(Phase::negotiate, FailureReason::connection_reset, "Connection Request", 2ms);
  const auto silent = ended(Phase::negotiate, FailureReason::timeout, "Connection Request", 5s);
  auto swallowed = silent;
  swallowed.transport->retransmits = 4;
  const auto neg_failure = [](FailureReason reason) {
    return failing(Phase::negotiate, reason, "in its words");
  };
  const auto ended_after = [](handshake::Duration delay) {
    return ended(Phase::negotiate, FailureReason::connection_closed, "Connection Request", delay);
  };
  const auto not_accepted = ended(Phase::connect, FailureReason::timeout, "SYN", 4s);
  FleetContext known;
  known.certificate = certificate("aa");
  known.last_address = "10.0.0.9";
  FleetContext windows;
  windows.host = handshake::HostFacts{};
  windows.host->os_build = "10.0.20348";

  return {
      {"another service",
       EvidenceBuilder(failing(Phase::negotiate, FailureReason::not_rdp, "HTTP")),
       {"decisive wrong_service"}},
      {"a broken answer",
       EvidenceBuilder(failing(Phase::negotiate, FailureReason::malformed_pdu, "length")),
       {"likely wrong_service", "possible inline_device_cuts_rdp"}},
      {"cut at the request",
       EvidenceBuilder(cut).tried(Kind::without_cookie, cut).tried(Kind::repeat, cut),
       {"likely termservice_broken", "likely inline_device_cuts_rdp", "possible wrong_service",
        "possible proxy_without_backend"}},
      {"cut at the request by a known Windows",
       EvidenceBuilder(cut).fleet(windows).tried(Kind::repeat, cut),
       {"likely termservice_broken", "likely inline_device_cuts_rdp", "possible wrong_service",
        "possible proxy_without_backend"}},
      {"ended before it was asked",
       EvidenceBuilder(cut).tried(Kind::silence, ended_after(1ms)),
       {"likely proxy_without_backend", "likely source_banned", "possible too_many_pending_connections",
        "possible termservice_broken"}},
      {"only the request ends it",
       EvidenceBuilder(cut).tried(Kind::silence, silent),
       {"likely termservice_broken", "likely inline_device_cuts_rdp", "possible wrong_service",
        "possible proxy_without_backend"}},
      {"then it is not accepted any more",
       EvidenceBuilder(cut).tried(Kind::without_cookie, not_accepted).tried(Kind::ask_tls, not_accepted),
       {"likely source_banned", "possible too_many_pending_connections", "possible firewall_drop"}},
      {"silent, then it is not accepted any more",
       EvidenceBuilder(silent).tried(Kind::without_cookie, not_accepted).tried(Kind::ask_tls, not_accepted),
       {"likely server_stalled", "likely source_banned", "possible too_many_pending_connections",
        "possible firewall_drop"}},
      {"a variation passes once and fails once",
       EvidenceBuilder(cut)
           .tried(Kind::without_cookie, passing())
           .tried(Kind::repeat, cut)
           .tried(Kind::without_cookie, cut),
       {"likely too_many_pending_connections", "possible server_stalled", "possible proxy_without_backend"}},
      {"answered late",
       EvidenceBuilder(silent).tried(Kind::patient, passing()),
       {"likely server_slow", "possible packet_loss"}},
      {"only the cookie is cut",
       EvidenceBuilder(cut)
           .tried(Kind::without_cookie, passing())
           .tried(Kind::repeat, cut)
           .tried(Kind::without_cookie, passing()),
       {"decisive inline_device_cuts_rdp"}},
      {"perhaps the cookie is cut",
       EvidenceBuilder(cut).tried(Kind::without_cookie, passing()),
       {"likely inline_device_cuts_rdp"}},
      {"TLS at once shows the known certificate",
       EvidenceBuilder(cut).fleet(known).tried(Kind::direct_tls, shows(certificate("aa"))),
       {"decisive inline_device_cuts_rdp"}},
      {"TLS at once shows another certificate",
       EvidenceBuilder(cut).fleet(known).tried(Kind::direct_tls, shows(certificate("bb"))),
       {"likely wrong_service", "likely inline_device_cuts_rdp"}},
      {"cut now and then",
       EvidenceBuilder(cut).tried(Kind::repeat, passing()).tried(Kind::repeat, cut),
       {"likely too_many_pending_connections", "possible server_stalled", "possible proxy_without_backend"}},
      {"silent, its TCP took the request",
       EvidenceBuilder(silent).tried(Kind::repeat, silent),
       {"likely server_stalled", "possible proxy_without_backend", "possible inline_device_cuts_rdp",
        "possible wrong_service"}},
      {"silent until the server's timer",
       EvidenceBuilder(silent).tried(Kind::patient, ended_after(60s)),
       {"likely server_stalled", "possible half_open_timer"}},
      {"silent until a firewall's timer",
       EvidenceBuilder(silent).tried(Kind::patient, ended_after(30s)),
       {"likely half_open_timer", "possible server_stalled"}},
      {"the request is swallowed",
       EvidenceBuilder(swallowed),
       {"likely inline_device_cuts_rdp", "possible packet_loss"}},
      {"no certificate, in its own words",
       EvidenceBuilder(neg_failure(FailureReason::ssl_cert_not_on_server)),
       {"likely certificate_missing", "likely private_key_unreadable"}},
      {"no TLS, in its own words",
       EvidenceBuilder(neg_failure(FailureReason::ssl_not_allowed_by_server)),
       {"likely standard_rdp_only", "possible certificate_missing"}},
      {"NLA demanded",
       EvidenceBuilder(neg_failure(FailureReason::hybrid_required_by_server)),
       {"decisive nla_required"}},
      {"NLA demanded as in RDP 6.0",
       EvidenceBuilder(neg_failure(FailureReason::ssl_with_user_auth_required_by_server)),
       {"likely nla_required"}},
      {"a code of nobody's",
       EvidenceBuilder(neg_failure(FailureReason::negotiation_failure_unknown)),
       {"possible termservice_broken", "possible wrong_service"}},
  };
}

}  // namespace rdpwatch::diagnosis
