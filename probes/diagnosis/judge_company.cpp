// What the company of a failed target tells: its siblings, the other addresses of its name, its past, and
// itself a minute later.

#include <algorithm>
#include <array>
#include <cmath>

#include "probes/diagnosis/judge_rules.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::diagnosis {

using handshake::Failure;
using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;
using handshake::Verdict;

namespace {

/// A device or a fault on the way would hit a sibling that is reached by the same way.
constexpr std::array<std::string_view, 7> kOfTheWay{
    "no_route",      "packet_loss",     "inline_device_cuts_tls", "inline_device_cuts_rdp",
    "source_banned", "half_open_timer", "pmtu_black_hole"};

/// So many siblings that all fail are no coincidence.
constexpr std::size_t kSiblingsToSpeak = 2;

std::string failed_like(const ProbeResult& result) {
  return std::string(handshake::name(result.failure->reason)) + " in " +
         std::string(handshake::name(result.failure->phase));
}

void weigh_sibling(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const ProbeResult* const sibling = result_of(evidence, ExperimentKind::sibling);
  if (sibling == nullptr) return;
  if (passed(*sibling, failure.phase)) {
    for (const std::string_view id : kOfTheWay) {
      if (!ranking.has(id)) continue;
      ranking.add(id, Likelihood::possible)
          .but(sibling->target + " of the same group passed this phase at the same moment; where both are " +
               "reached by the same way, the way is not at fault");
    }
    return;
  }
  if (sibling->verdict != Verdict::failure || failure.phase == Phase::resolve) return;
  // Two hosts that fail in two ways have no way in common that broke.
  const bool alike = sibling->failure->phase == failure.phase && sibling->failure->reason == failure.reason;
  if (!alike) return;
  auto& path =
      ranking.add("path_down", evidence.fleet.siblings_up > 1 ? Likelihood::possible : Likelihood::likely);
  path.because(sibling->target + ", which was healthy a moment ago, fails too: " + failed_like(*sibling));
}

// One address of several is at fault, whatever is wrong with it.
void weigh_addresses(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  std::string passing;
  for (const ProbeResult* other : results_elsewhere(evidence)) {
    if (passed(*other, failure.phase) && passing.empty()) passing = other->address;
  }
  if (passing.empty()) return;
  ranking.add("farm_member_dead", Likelihood::decisive)
      .because(last_attempt(evidence).address + " fails in " + std::string(handshake::name(failure.phase)) +
               " while " + passing + ", another address of the same name, passes it");
}

void weigh_past(const Evidence& evidence, Ranking& ranking) {
  const std::string now = address_of(last_attempt(evidence).address);
  const std::string& before = evidence.fleet.last_address;
  if (evidence.plan.host_is_literal || now.empty() || before.empty() || now == before) return;
  ranking.add("dns_stale", Likelihood::likely)
      .because("the name leads to " + now + " now; the host was last well at " + before);
}

}  // namespace

void judge_fleet(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const FleetContext& fleet = evidence.fleet;
  // A way that is down shows no certificate and agrees on nothing that a policy could forbid.
  const auto category = handshake::category(failure.reason);
  if (category == handshake::Category::policy || category == handshake::Category::certificate) return;
  if (fleet.prober_blind) {
    ranking.add("prober_blind", Likelihood::likely)
        .because(
            "most groups of the fleet fail at the same time, which so many hosts do not do by themselves");
  }
  if (fleet.shared) {
    ranking.add("path_down", Likelihood::likely)
        .because(std::to_string(fleet.shared->members) + " hosts of the " + fleet.shared->scope + " " +
                 fleet.shared->name + " began to fail together");
    return;
  }
  if (fleet.siblings < kSiblingsToSpeak || fleet.siblings_up > 0) return;
  const std::string text =
      "none of the " + std::to_string(fleet.siblings) + " others of the group answers either";
  if (fleet.others > 0 && fleet.others_up == 0) {
    ranking.add("prober_blind", Likelihood::likely)
        .because(text + ", nor do " + std::to_string(fleet.others) + " of other groups");
  }
  auto& path = ranking.add("path_down", Likelihood::likely).because(text);
  if (fleet.others_up > 0) path.because("other groups answer: what this one shares is at fault");
  if (fleet.others == 0)
    ranking.add("prober_blind", Likelihood::possible).because(text + ", and no other group was there to ask");
}

void weigh_company(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  weigh_sibling(evidence, failure, ranking);
  weigh_addresses(evidence, failure, ranking);
  weigh_past(evidence, ranking);
}

bool is_unsteady(const Evidence& evidence, Phase phase) {
  const Tally counted = tally(evidence, phase);
  if (counted.passed > 0 && counted.failed > 0) return true;
  return std::ranges::any_of(
      kVariations, [&](ExperimentKind kind) { return contrast(evidence, kind, phase) == Contrast::mixed; });
}

std::string unsteady_text(const Evidence& evidence, Phase phase) {
  int failed = 0;
  int all = 0;
  const auto count = [&](const ProbeResult& result) {
    const auto end = ending(result, phase);
    if (!end) return;
    ++all;
    failed += *end == Ending::passed ? 0 : 1;
  };
  for (const auto& attempt : evidence.attempts) count(attempt);
  for (const auto& [kind, result] : evidence.experiments) {
    const bool tells = kind != ExperimentKind::garbage && kind != ExperimentKind::silence &&
                       kind != ExperimentKind::direct_tls && kind != ExperimentKind::sibling &&
                       kind != ExperimentKind::other_address;
    if (tells) count(result);
  }
  return count_text(failed, all) + " failed in " + std::string(handshake::name(phase)) +
         ", the others passed it";
}

void judge_unsteady(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const std::string text = unsteady_text(evidence, failure.phase);
  std::uint32_t retransmits = 0;
  for (const ProbeResult* result : plain_results(evidence)) {
    if (result->transport) retransmits += result->transport->retransmits;
  }
  const bool silent = failure.reason == FailureReason::timeout;
  const bool lost = retransmits > 0;
  if (silent || lost) {
    auto& loss = ranking.add("packet_loss", Likelihood::likely).because(text);
    if (lost)
      loss.because(std::to_string(retransmits) + " segments had to be sent again in these connections");
  }
  const Likelihood pending = silent ? Likelihood::possible : Likelihood::likely;
  ranking.add("too_many_pending_connections", pending).because(text);
  const Likelihood stalled = silent && !lost ? Likelihood::likely : Likelihood::possible;
  ranking.add("server_stalled", stalled).because(text);
  if (!silent && failure.phase == Phase::tls)
    ranking.add("inline_device_cuts_tls", Likelihood::possible).because(text);
  if (!silent && failure.phase == Phase::negotiate)
    ranking.add("proxy_without_backend", Likelihood::possible)
        .because(text + ", as when one of several backends is gone");
}

bool judge_late_answer(const Evidence& evidence, Phase phase, Ranking& ranking) {
  const ProbeResult* const patient = result_of(evidence, ExperimentKind::patient);
  if (patient == nullptr || !passed(*patient, phase)) return false;
  ranking.add("server_slow", Likelihood::likely)
      .because("a connection that waited was answered after all, in " +
               handshake::to_text(patient->duration));
  ranking.add("packet_loss", Likelihood::possible).because("what was lost and sent again comes late too");
  return true;
}

bool judge_shut_door(const Evidence& evidence, Ranking& ranking) {
  int shut = 0;
  for (const auto& [kind, result] : evidence.experiments) {
    const bool elsewhere = kind == ExperimentKind::sibling || kind == ExperimentKind::other_address ||
                           kind == ExperimentKind::known_address || kind == ExperimentKind::known_name;
    const auto end = elsewhere ? std::nullopt : ending(result, Phase::connect);
    if (!end) continue;
    shut = *end == Ending::passed ? 0 : shut + 1;
  }
  constexpr int kShutToBeSure = 2;
  if (shut < kShutToBeSure) return false;
  const std::string text =
      "the first connections were accepted, the last " + std::to_string(shut) + " were not";
  if (failure_of(evidence)->reason == FailureReason::timeout) {
    ranking.add("server_stalled", Likelihood::likely)
        .because(text + ": a service that takes nothing from its queue of connections fills it");
  }
  ranking.add("source_banned", Likelihood::likely)
      .because(text + ", as when a guard bans the address that they came from");
  ranking.add("too_many_pending_connections", Likelihood::possible).because(text);
  ranking.add("firewall_drop", Likelihood::possible).because(text);
  return true;
}

namespace {

bool is_about(handshake::Duration duration, double seconds) {
  return std::abs(std::chrono::duration<double>(duration).count() - seconds) <= 0.04 * seconds + 0.3;
}

constexpr double kServersTimer = 60;

}  // namespace

bool is_servers_timer(handshake::Duration duration) {
  return is_about(duration, kServersTimer);
}

std::string_view timer_owner(handshake::Duration duration) {
  struct Timer {
    double seconds;
    std::string_view owner;
  };
  static constexpr std::array kTimers{
      Timer{5, "some connection guards and load balancers"}, Timer{10, "half-open timers of some firewalls"},
      Timer{20, "half-open timers of some firewalls"},
      Timer{30, "firewalls' timers for embryonic connections, and NAT of some clouds"},
      Timer{kServersTimer, "a Windows server's own timer for the connection sequence"}};
  for (const Timer& timer : kTimers) {
    if (is_about(duration, timer.seconds)) return timer.owner;
  }
  return "";
}

std::optional<handshake::Duration> patient_end(const Evidence& evidence) {
  const ProbeResult* const patient = result_of(evidence, ExperimentKind::patient);
  if (patient == nullptr || patient->verdict != Verdict::failure || !patient->failure->moment)
    return std::nullopt;
  const FailureReason reason = patient->failure->reason;
  if (reason != FailureReason::connection_reset && reason != FailureReason::connection_closed)
    return std::nullopt;
  return patient->failure->moment->since_last_send;
}

}  // namespace rdpwatch::diagnosis
