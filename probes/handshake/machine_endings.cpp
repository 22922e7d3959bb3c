// How a probe goes on after a failure, and how it ends.

#include <algorithm>
#include <utility>

#include "probes/handshake/ladder.hpp"
#include "probes/handshake/machine_state.hpp"
#include "probes/handshake/policy.hpp"

namespace rdpwatch::handshake {
namespace {

// A timeout never asks for the other profile: it says nothing about versions, and costs the host a slot
// again.
bool calls_for_other_profile(FailureReason reason) {
  return category(reason) == Category::tls || reason == FailureReason::connection_reset ||
         reason == FailureReason::connection_closed;
}

}  // namespace

Action HandshakeMachine::State::fail(PhaseFailure failure) {
  if (in_phase_ && phase_ == Phase::connect && waiting_ == Waiting::connect) {
    if (connect_->failed(failure) && now_ < phase_deadline_)
      return ask(connect_->admit(false), phase_deadline_);
    failure = connect_->failure();
  }
  end_phase();
  keep_facts();
  Failure whole{phase_, failure.reason, std::move(failure.detail), failure.number, std::move(failure.moment)};
  const bool local = category(whole.reason) == Category::local;
  if (!local && (climb_ladder(whole) || change_tls_profile(whole))) {
    leave_connection(whole);
    return begin_connection();
  }
  // Our own fault leaves open whether the other profile would have done.
  if (profile_changed_ && !local) return report_previous(std::move(whole));
  return finish_failed(std::move(whole));
}

bool HandshakeMachine::State::climb_ladder(const Failure& failure) {
  if (failure.phase != Phase::negotiate || !plan_.climb_ladder || profile_changed_ ||
      connections_begun_ >= kMaxConnections)
    return false;
  const auto mask = next_requested_protocols(failure.reason, asked_);
  if (mask) asked_.push_back(*mask);
  return mask.has_value();
}

bool HandshakeMachine::State::change_tls_profile(const Failure& failure) {
  if (failure.phase != Phase::tls || profile_changed_ || !plan_.fall_back_to_legacy_tls) return false;
  // An experiment asks its one question: garbage has no profile, and an attempt is a part of a negotiation.
  if (plan_.tls_at_once || plan_.garbage_for_client_hello) return false;
  if (connections_begun_ >= kMaxConnections || !calls_for_other_profile(failure.reason)) return false;
  profile_changed_ = true;
  return true;
}

// The connection that failed becomes an attempt, and the next one starts with a clean result. What was
// resolved stays.
void HandshakeMachine::State::leave_connection(const Failure& failure) {
  previous_ = Previous{failure, result};
  auto& negotiation = *result.negotiation;
  negotiation.attempts.push_back(
      {negotiation.requested, profile_, failure.phase, failure.reason, failure.detail, failure.moment});
  negotiation.selected.reset();
  negotiation.flags = 0;
  std::erase_if(result.phases, [](const PhaseTiming& timing) { return timing.phase != Phase::resolve; });
  if (profile_changed_) profile_ = profile_ == TlsProfile::modern ? TlsProfile::legacy : TlsProfile::modern;
}

// The connection before this one decides after all: the other TLS profile failed too (`second` becomes an
// attempt), or politeness forbade the next connection.
Action HandshakeMachine::State::report_previous(std::optional<Failure> second) {
  ProbeResult reported = std::move(previous_->result);
  if (!reported.certificate) reported.certificate = std::move(result.certificate);
  reported.connections = result.connections;
  if (second) {
    reported.negotiation->attempts.push_back({asked_.back(), profile_, second->phase, second->reason,
                                              std::move(second->detail), std::move(second->moment)});
  }
  result = std::move(reported);
  in_phase_ = false;
  return finish_failed(std::move(previous_->failure));
}

Action HandshakeMachine::State::finish_failed(Failure failure) {
  const bool local = category(failure.reason) == Category::local;
  result.failure = std::move(failure);
  return finish(local ? Verdict::local_fault : Verdict::failure);
}

Action HandshakeMachine::State::finish_passed() {
  result.findings = findings_of(plan_, result);
  if (auto broken = judge_policy(plan_, result)) return finish_failed(std::move(*broken));
  return finish(Verdict::success);
}

Action HandshakeMachine::State::finish_abandoned(std::string why) {
  result.failure.reset();
  result.abandoned_why = std::move(why);
  return finish(Verdict::abandoned);
}

Action HandshakeMachine::State::finish(Verdict verdict) {
  end_phase();
  result.verdict = verdict;
  result.duration = now_ - started_ - result.gate_wait;
  previous_.reset();
  return ask(Finish{in_mcs_}, std::nullopt);
}

}  // namespace rdpwatch::handshake
