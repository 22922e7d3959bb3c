#include "tests/unit/diagnosis/evidence_builder.hpp"
#include "tests/unit/diagnosis/judge_scripts.hpp"

namespace rdpwatch::diagnosis {

using handshake::FailureReason;
using handshake::Phase;
using Kind = ExperimentKind;
using namespace std::chrono_literals;

namespace {

handshake::ProbeResult garbage_ends(FailureReason reason) {
  return ended(Phase::tls, reason, "garbage", 12ms);
}

handshake::ProbeResult alert(std::int64_t number) {
  return failing(Phase::tls, FailureReason::tls_alert, "alert", number);
}

handshake::ProbeResult lost_in_tls(std::uint32_t retransmits) {
  auto result = silent_in_tls();
  result.transport->retransmits = retransmits;
  return result;
}

/// Two attempts of a name that led to another host each time.
Evidence elsewhere_first(handshake::ProbeResult first, handshake::ProbeResult last) {
  first.address = "10.0.0.10:3389";
  Evidence evidence = EvidenceBuilder(std::move(first)).build();
  evidence.attempts.push_back(std::move(last));
  return evidence;
}

std::vector<JudgeScript> cut_scripts() {
  const auto cut = cut_at_client_hello();
  auto single = cut;
  single.negotiation->attempts.clear();
  FleetContext known;
  known.certificate = certificate();
  known.last_address = "10.0.0.9";
  auto late = ended(Phase::tls, FailureReason::connection_reset, "ClientHello", 3s);
  auto at_ten = ended(Phase::tls, FailureReason::connection_reset, "ClientHello", 10s);
  auto later = ended(Phase::tls, FailureReason::connection_reset, "ClientKeyExchange", 3ms, 2100);
  later.certificate = certificate();

  return {
      {"the full conditions for the private key, a sibling is fine",
       EvidenceBuilder(cut).tried(Kind::repeat, single).sibling_passes(),
       {"likely private_key_unreadable", "possible inline_device_cuts_tls", "possible no_common_tls"}},
      {"the full conditions, a certificate was known",
       EvidenceBuilder(cut).fleet(known).tried(Kind::repeat, single),
       {"likely private_key_unreadable", "possible inline_device_cuts_tls", "possible no_common_tls"}},
      {"too few repeats",
       EvidenceBuilder(single).fleet(known),
       {"likely private_key_unreadable", "likely inline_device_cuts_tls", "possible no_common_tls"}},
      {"nobody to compare with",
       EvidenceBuilder(cut).tried(Kind::repeat, single),
       {"likely private_key_unreadable", "likely inline_device_cuts_tls", "possible no_common_tls"}},
      {"garbage is left waiting",
       EvidenceBuilder(cut)
           .fleet(known)
           .tried(Kind::repeat, single)
           .tried(Kind::garbage, garbage_ends(FailureReason::timeout)),
       {"likely inline_device_cuts_tls", "likely private_key_unreadable", "possible no_common_tls"}},
      {"garbage ends in another way, which says nothing",
       EvidenceBuilder(cut)
           .fleet(known)
           .tried(Kind::repeat, single)
           .tried(Kind::garbage, garbage_ends(FailureReason::connection_closed)),
       {"likely private_key_unreadable", "possible inline_device_cuts_tls", "possible no_common_tls"}},
      {"garbage ends alike",
       EvidenceBuilder(cut)
           .fleet(known)
           .tried(Kind::repeat, single)
           .tried(Kind::garbage, garbage_ends(FailureReason::connection_reset)),
       {"likely private_key_unreadable", "possible inline_device_cuts_tls", "possible no_common_tls"}},
      {"only the server name is cut",
       EvidenceBuilder(cut)
           .tried(Kind::without_sni, passing())
           .tried(Kind::repeat, single)
           .tried(Kind::without_sni, passing()),
       {"decisive inline_device_cuts_tls"}},
      {"TLS 1.2 alone passes",
       EvidenceBuilder(cut).tried(Kind::only_tls12, passing()).tried(Kind::repeat, single),
       {"likely inline_device_cuts_tls", "likely no_common_tls"}},
      {"TLS at once passes",
       EvidenceBuilder(cut).tried(Kind::direct_tls, passing()),
       {"likely inline_device_cuts_tls"}},
      {"another address of the name passed before",
       elsewhere_first(passing(), single),
       {"decisive farm_member_dead", "likely private_key_unreadable", "likely inline_device_cuts_tls",
        "possible no_common_tls"}},
      {"cut now and then",
       EvidenceBuilder(single).tried(Kind::repeat, passing()),
       {"likely too_many_pending_connections", "possible server_stalled", "possible inline_device_cuts_tls"}},
      {"cut late",
       EvidenceBuilder(late),
       {"likely server_stalled", "possible inline_device_cuts_tls", "possible private_key_unreadable"}},
      {"cut at ten seconds",
       EvidenceBuilder(at_ten),
       {"likely half_open_timer", "likely server_stalled", "possible inline_device_cuts_tls",
        "possible private_key_unreadable"}},
      {"cut after the certificate",
       EvidenceBuilder(later),
       {"likely private_key_unreadable", "likely inline_device_cuts_tls", "possible server_stalled"}},
  };
}

std::vector<JudgeScript> silence_scripts() {
  const auto silent = silent_in_tls();
  const auto patient = [](handshake::Duration delay) {
    return ended(Phase::tls, FailureReason::connection_reset, "ClientHello", delay);
  };
  return {
      {"small segments pass, full ones fail again",
       EvidenceBuilder(silent)
           .tried(Kind::small_segments, passing())
           .tried(Kind::repeat, silent)
           .tried(Kind::small_segments, passing()),
       {"decisive pmtu_black_hole"}},
      {"small segments pass",
       EvidenceBuilder(silent).tried(Kind::small_segments, passing()),
       {"likely pmtu_black_hole", "possible packet_loss"}},
      {"full segments fail again, small ones were not tried again",
       EvidenceBuilder(silent).tried(Kind::small_segments, passing()).tried(Kind::repeat, silent),
       {"likely pmtu_black_hole", "possible packet_loss"}},
      {"answered late",
       EvidenceBuilder(silent).tried(Kind::small_segments, silent).tried(Kind::patient, passing()),
       {"likely server_slow", "possible packet_loss"}},
      {"silent now and then",
       EvidenceBuilder(lost_in_tls(3)).tried(Kind::repeat, passing()).tried(Kind::repeat, silent),
       {"likely packet_loss", "possible too_many_pending_connections", "possible server_stalled"}},
      {"the ClientHello does not arrive",
       EvidenceBuilder(lost_in_tls(4)).tried(Kind::small_segments, silent),
       {"likely inline_device_cuts_tls", "likely server_stalled"}},
      {"garbage is answered, a ClientHello is not",
       EvidenceBuilder(silent)
           .tried(Kind::small_segments, silent)
           .tried(Kind::garbage, garbage_ends(FailureReason::connection_closed)),
       {"likely inline_device_cuts_tls", "possible server_stalled"}},
      {"its TCP took the ClientHello",
       EvidenceBuilder(silent).tried(Kind::small_segments, silent),
       {"likely server_stalled", "possible inline_device_cuts_tls"}},
      {"no experiment yet",
       EvidenceBuilder(silent),
       {"likely server_stalled", "possible inline_device_cuts_tls", "possible pmtu_black_hole"}},
      {"a firewall's timer",
       EvidenceBuilder(silent).tried(Kind::small_segments, silent).tried(Kind::patient, patient(30s)),
       {"likely half_open_timer", "likely server_stalled", "possible inline_device_cuts_tls"}},
  };
}

std::vector<JudgeScript> word_scripts() {
  return {
      {"alert protocol_version", EvidenceBuilder(alert(70)), {"decisive no_common_tls"}},
      {"alert handshake_failure",
       EvidenceBuilder(alert(40)),
       {"likely no_common_tls", "possible private_key_unreadable"}},
      {"alert internal_error",
       EvidenceBuilder(alert(80)),
       {"likely private_key_unreadable", "likely no_common_tls", "possible server_stalled"}},
      {"alert unrecognized_name",
       EvidenceBuilder(alert(112)),
       {"likely inline_device_cuts_tls", "possible wrong_service"}},
      {"an answer in clear",
       EvidenceBuilder(failing(Phase::tls, FailureReason::tls_not_spoken, "03 00 00 09")),
       {"likely private_key_unreadable", "likely no_common_tls", "possible wrong_service"}},
      {"a version that is none of ours",
       EvidenceBuilder(failing(Phase::tls, FailureReason::tls_protocol_error, "unsupported protocol")),
       {"decisive no_common_tls"}},
      {"broken TLS",
       EvidenceBuilder(failing(Phase::tls, FailureReason::tls_protocol_error, "bad signature")),
       {"possible inline_device_cuts_tls", "possible no_common_tls", "possible private_key_unreadable"}},
  };
}

}  // namespace

std::vector<JudgeScript> tls_scripts() {
  std::vector<JudgeScript> all = cut_scripts();
  for (auto& script : silence_scripts()) all.push_back(std::move(script));
  for (auto& script : word_scripts()) all.push_back(std::move(script));
  return all;
}

}  // namespace rdpwatch::diagnosis
