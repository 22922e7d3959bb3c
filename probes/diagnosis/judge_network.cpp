// Names and TCP: what phases `resolve` and `connect` tell (rdp-facts of the field: NXDOMAIN, refusals,
// silence, ICMP).

#include "probes/diagnosis/judge_rules.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::diagnosis {

using handshake::Failure;
using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;

namespace {

void judge_known_address(const Evidence& evidence, Ranking& ranking) {
  const ProbeResult* const known = result_of(evidence, ExperimentKind::known_address);
  if (known == nullptr) return;
  if (!passed(*known, Phase::connect)) {
    ranking.add("name_unknown", Likelihood::likely)
        .because("at " + evidence.fleet.last_address + ", where it was last seen, nothing answers either");
    return;
  }
  ranking.add("name_and_address_differ", Likelihood::likely)
      .because("the host still answers at " + evidence.fleet.last_address +
               ", where it was last seen, while its name leads nowhere");
}

// Of a name whose past is not known.
void add_stale_name(const Evidence& evidence, Ranking& ranking) {
  if (evidence.plan.host_is_literal) return;
  ranking.add("dns_stale", Likelihood::possible)
      .because("the name leads to " + address_of(last_attempt(evidence).address) +
               "; whether that is still the host's address, only its owner knows");
}

void judge_refused(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  auto& stopped =
      ranking.add("listener_stopped", Likelihood::likely).because("the port is closed: " + failure.detail);
  const Tally counted = tally(evidence, Phase::connect);
  if (counted.failed > 1) stopped.because(count_text(counted.failed, counted.failed) + " refused");
  add_stale_name(evidence, ranking);
  ranking.add("firewall_drop", Likelihood::possible)
      .because("a firewall that rejects instead of dropping looks the same")
      .but("Windows' own firewall drops; only a rule that rejects answers with a reset");
}

void judge_silence(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  auto& firewall = ranking.add("firewall_drop", Likelihood::likely)
                       .because("not one answer to the SYNs: " + failure.detail);
  auto& down = ranking.add("host_down", Likelihood::likely)
                   .because("a host that is off, or gone from its network, is as silent")
                   .but("its own network's router mostly reports such a host unreachable");
  add_stale_name(evidence, ranking);
  ranking.add("too_many_pending_connections", Likelihood::possible)
      .because("a queue of connections that is full drops SYNs too, on Linux");
  if (evidence.fleet.last_success) {
    ranking.add("source_banned", Likelihood::possible)
        .because("it answered this prober before; a ban of its address drops it the same way");
  }
  const ProbeResult* const sibling = result_of(evidence, ExperimentKind::sibling);
  if (sibling != nullptr && passed(*sibling, Phase::connect)) {
    firewall.because(sibling->target + " of the same group answers: it is this host or a rule for it");
    down.because(sibling->target + " of the same group answers: it is this host or a rule for it");
    return;
  }
  ranking.add("no_route", Likelihood::possible).because("a way that swallows packets is as silent");
}

void judge_unreachable(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  if (failure.reason == FailureReason::network_unreachable) {
    ranking.add("no_route", Likelihood::decisive).because("a router says so: " + failure.detail);
    return;
  }
  ranking.add("host_down", Likelihood::likely)
      .because("the last router finds no such host on its network: " + failure.detail);
  ranking.add("firewall_drop", Likelihood::likely)
      .because("a rule that rejects by ICMP (administratively prohibited) gives the same error");
  add_stale_name(evidence, ranking);
  ranking.add("no_route", Likelihood::possible).because("a router without a way to the host may say so");
}

void judge_moved(const Evidence& evidence, Ranking& ranking) {
  const ProbeResult* const named = result_of(evidence, ExperimentKind::known_name);
  if (named == nullptr || !passed(*named, Phase::connect)) return;
  ranking.add("name_and_address_differ", Likelihood::likely)
      .because("the host answers by the name that it gave itself, at " + named->address +
               ", and not at the address of the inventory");
}

}  // namespace

void judge_name(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const ProbeResult* const sibling = result_of(evidence, ExperimentKind::sibling);
  const bool sibling_resolves = sibling != nullptr && passed(*sibling, Phase::resolve);
  if (failure.reason == FailureReason::name_not_found) {
    ranking.add("name_unknown", Likelihood::decisive).because(failure.detail);
    judge_known_address(evidence, ranking);
    return;
  }
  const Tally counted = tally(evidence, Phase::resolve);
  if (counted.passed > 0) {
    ranking.add("resolver_broken", Likelihood::likely)
        .because(count_text(counted.failed, counted.failed + counted.passed) +
                 " got no answer from DNS, the others did: " + failure.detail);
    ranking.add("packet_loss", Likelihood::possible).because("a question or an answer may have been lost");
    return;
  }
  const bool only_this = sibling_resolves && !sibling->addresses.empty();
  auto& broken = ranking.add("resolver_broken", only_this ? Likelihood::likely : Likelihood::decisive)
                     .because(failure.detail);
  if (only_this) {
    broken.because("the name of " + sibling->target +
                   " is resolved: the fault is in this name's zone or its servers, not in all of DNS");
  }
  judge_known_address(evidence, ranking);
}

void judge_connection(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  if (is_unsteady(evidence, Phase::connect)) {
    const std::string text = unsteady_text(evidence, Phase::connect);
    if (failure.reason == FailureReason::connection_refused) {
      ranking.add("too_many_pending_connections", Likelihood::likely)
          .because(text + ": a port that opens and closes has a full queue, or its service restarts");
      ranking.add("listener_stopped", Likelihood::possible).because(text);
      return;
    }
    auto& loss = ranking.add("packet_loss", Likelihood::likely).because(text);
    for (const ProbeResult* result : plain_results(evidence)) {
      for (const auto& timing : result->phases) {
        if (timing.phase != Phase::connect || timing.duration < kSynAgain || !passed(*result, Phase::connect))
          continue;
        loss.because("another connect took " + handshake::to_text(timing.duration) +
                     ": its SYN or the answer was lost and sent again");
      }
    }
    ranking.add("too_many_pending_connections", Likelihood::possible).because(text);
    return;
  }
  judge_moved(evidence, ranking);
  if (failure.reason == FailureReason::connection_refused ||
      failure.reason == FailureReason::connection_reset) {
    judge_refused(evidence, failure, ranking);
  } else if (failure.reason == FailureReason::timeout) {
    judge_silence(evidence, failure, ranking);
  } else {
    judge_unreachable(evidence, failure, ranking);
  }
}

}  // namespace rdpwatch::diagnosis
