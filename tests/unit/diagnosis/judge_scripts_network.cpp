#include "tests/unit/diagnosis/evidence_builder.hpp"
#include "tests/unit/diagnosis/judge_scripts.hpp"

namespace rdpwatch::diagnosis {

using handshake::FailureReason;
using handshake::Phase;
using Kind = ExperimentKind;
using namespace std::chrono_literals;

namespace {

FleetContext seen_before() {
  FleetContext fleet;
  fleet.last_success = WallTime(1'700'000'000s);
  fleet.last_address = "10.0.0.9";
  fleet.certificate = certificate();
  return fleet;
}

/// No sibling is up; of `others` in other groups `up` are.
FleetContext alone(std::size_t others, std::size_t up) {
  FleetContext fleet;
  fleet.siblings = 4;
  fleet.others = others;
  fleet.others_up = up;
  return fleet;
}

handshake::ProbeResult own_fault() {
  auto result = failing(Phase::connect, FailureReason::local_resources, "ENETUNREACH");
  result.verdict = handshake::Verdict::local_fault;
  return result;
}

handshake::ProbeResult other_address_passes() {
  auto result = passing();
  result.address = "10.0.0.10:3389";
  return result;
}

}  // namespace

std::vector<JudgeScript> name_and_network_scripts() {
  const auto nxdomain = failing(Phase::resolve, FailureReason::name_not_found, "NXDOMAIN");
  const auto servfail = failing(Phase::resolve, FailureReason::resolver_failed, "SERVFAIL");
  const auto refused = ended(Phase::connect, FailureReason::connection_refused, "SYN", 1ms);
  const auto silent = ended(Phase::connect, FailureReason::timeout, "SYN", 4s);
  FleetContext blind;
  blind.prober_blind = true;
  FleetContext shared;
  shared.shared = SharedFailure{"site", "fra1", 12};
  FleetContext moved = seen_before();
  moved.last_address = "10.0.0.77";
  moved.host = handshake::HostFacts{};
  moved.host->dns_computer = "ts09-new.corp.example";
  auto slow_connect = passing();
  slow_connect.phases.push_back({Phase::connect, 1020ms});

  return {
      {"the name does not exist", EvidenceBuilder(nxdomain), {"decisive name_unknown"}},
      {"the name does not exist, its host lives",
       EvidenceBuilder(nxdomain).fleet(seen_before()).tried(Kind::known_address, passing()),
       {"decisive name_unknown", "likely name_and_address_differ"}},
      {"the name does not exist, nor does its host",
       EvidenceBuilder(nxdomain).fleet(seen_before()).tried(Kind::known_address, silent),
       {"decisive name_unknown"}},
      {"DNS is broken",
       EvidenceBuilder(servfail).tried(Kind::repeat, servfail),
       {"decisive resolver_broken"}},
      {"DNS answers for a sibling",
       [&] {
         auto sibling = passing();
         return EvidenceBuilder(servfail).tried(Kind::sibling, sibling).build();
       }(),
       {"likely resolver_broken"}},
      {"DNS answers now and then",
       EvidenceBuilder(servfail).tried(Kind::repeat, passing()),
       {"likely resolver_broken", "possible packet_loss"}},
      {"the port is closed",
       EvidenceBuilder(refused).tried(Kind::repeat, refused).sibling_passes(),
       {"likely listener_stopped", "possible dns_stale", "possible firewall_drop"}},
      {"the port opens and closes",
       EvidenceBuilder(refused).tried(Kind::repeat, passing()),
       {"likely too_many_pending_connections", "possible listener_stopped"}},
      {"no answer to SYNs, a sibling answers",
       EvidenceBuilder(silent).sibling_passes(),
       {"likely firewall_drop", "likely host_down", "possible dns_stale",
        "possible too_many_pending_connections"}},
      {"no answer to SYNs where it answered before",
       EvidenceBuilder(silent).fleet(seen_before()),
       {"likely firewall_drop", "likely host_down", "possible dns_stale",
        "possible too_many_pending_connections", "possible source_banned", "possible no_route"}},
      {"some SYNs get lost",
       EvidenceBuilder(silent).tried(Kind::repeat, slow_connect).tried(Kind::repeat, silent),
       {"likely packet_loss", "possible too_many_pending_connections"}},
      {"a router has no way",
       EvidenceBuilder(ended(Phase::connect, FailureReason::network_unreachable, "SYN", 1ms)),
       {"decisive no_route"}},
      {"a router finds no host",
       EvidenceBuilder(ended(Phase::connect, FailureReason::host_unreachable, "SYN", 1ms)),
       {"likely host_down", "likely firewall_drop", "possible dns_stale", "possible no_route"}},
      {"the host answers by its own name elsewhere",
       EvidenceBuilder(refused).literal().fleet(moved).tried(Kind::known_name, other_address_passes()),
       {"likely name_and_address_differ", "likely listener_stopped", "possible firewall_drop"}},
      {"the name leads elsewhere now",
       EvidenceBuilder(refused).fleet(moved),
       {"likely listener_stopped", "likely dns_stale", "possible firewall_drop"}},
      {"one address of two",
       EvidenceBuilder(refused).tried(Kind::other_address, other_address_passes()),
       {"decisive farm_member_dead", "likely listener_stopped", "possible dns_stale",
        "possible firewall_drop"}},
      {"most of the fleet fails",
       EvidenceBuilder(silent).fleet(blind),
       {"likely prober_blind", "likely firewall_drop", "likely host_down", "possible dns_stale",
        "possible too_many_pending_connections", "possible no_route"}},
      {"a site fails together",
       EvidenceBuilder(silent).fleet(shared),
       {"likely path_down", "likely firewall_drop", "likely host_down", "possible dns_stale",
        "possible too_many_pending_connections", "possible no_route"}},
      {"nobody of the group answers, others do",
       EvidenceBuilder(silent).fleet(alone(3, 3)),
       {"likely path_down", "likely firewall_drop", "likely host_down", "possible dns_stale",
        "possible too_many_pending_connections", "possible no_route"}},
      {"nobody answers at all",
       EvidenceBuilder(silent).fleet(alone(3, 0)),
       {"likely prober_blind", "likely path_down", "likely firewall_drop", "likely host_down",
        "possible dns_stale", "possible too_many_pending_connections", "possible no_route"}},
      {"nobody of the only group answers",
       EvidenceBuilder(silent).fleet(alone(0, 0)),
       {"likely path_down", "likely firewall_drop", "likely host_down", "possible prober_blind",
        "possible dns_stale", "possible too_many_pending_connections", "possible no_route"}},
      {"this machine could not try", EvidenceBuilder(own_fault()), {"decisive prober_blind"}},
      {"a sibling that was fine fails too",
       EvidenceBuilder(silent).tried(Kind::sibling, silent),
       {"likely firewall_drop", "likely host_down", "likely path_down", "possible dns_stale",
        "possible too_many_pending_connections", "possible no_route"}},
  };
}

}  // namespace rdpwatch::diagnosis
