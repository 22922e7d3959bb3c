#include "probes/handshake/machine_state.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/host_identity.hpp"

namespace rdpwatch::handshake {
namespace {

/// Asks the phase that exchanges messages; that there is none would be a fault of our own.
PhaseStep ask_phase(auto& talk, const auto& ask) {
  const auto visit = [&ask](auto& phase) -> PhaseStep {
    if constexpr (std::is_same_v<decltype(phase), std::monostate&>) {
      return PhaseFailure{FailureReason::internal_error, "no phase to answer to", std::nullopt};
    } else {
      return ask(phase);
    }
  };
  return std::visit(visit, talk);
}

}  // namespace

HandshakeMachine::State::State(ProbePlan plan) : plan_(std::move(plan)), profile_(plan_.first_profile) {
  result.target = plan_.target;
  result.group = plan_.group;
  result.module = plan_.module;
}

Action HandshakeMachine::State::resume(Event event, TimePoint now) {
  now_ = now;
  if (waiting_ == Waiting::nothing) return Action{Finish{}, std::nullopt};
  if (!answers(event)) {
    return finish_failed({phase_, FailureReason::internal_error,
                          "the driver answered with an event out of order",
                          static_cast<std::int64_t>(event.index())});
  }
  return std::visit([this](auto& concrete) { return on(concrete); }, event);
}

// The first facts count: after the other profile failed too, the connection that decides is the one before.
void HandshakeMachine::State::connection_closed(TransportFacts facts) {
  const bool leaving = waiting_ == Waiting::admission && !in_phase_ && previous_;
  auto& transport = leaving ? previous_->result.transport : result.transport;
  if (!transport) transport = facts;
}

bool HandshakeMachine::State::answers(const Event& event) const {
  if (std::holds_alternative<Abandoned>(event)) return true;
  const bool io_end =
      std::holds_alternative<IoFailed>(event) || std::holds_alternative<DeadlineReached>(event);
  const bool tls_end = std::holds_alternative<TlsFailed>(event);
  switch (waiting_) {
    case Waiting::start:
      return std::holds_alternative<Start>(event);
    case Waiting::resolve:
      return std::holds_alternative<Resolved>(event) || std::holds_alternative<ResolveFailed>(event) ||
             std::holds_alternative<DeadlineReached>(event);
    case Waiting::admission:
      return std::holds_alternative<Admitted>(event) || std::holds_alternative<AdmissionDenied>(event);
    case Waiting::connect:
      return std::holds_alternative<Connected>(event) || io_end;
    case Waiting::send:
      return std::holds_alternative<Sent>(event) || io_end || (result.tls && tls_end);
    case Waiting::receive:
      return std::holds_alternative<BytesReceived>(event) || io_end || (result.tls && tls_end);
    case Waiting::tls:
      return std::holds_alternative<TlsEstablished>(event) || tls_end || io_end;
    case Waiting::nothing:
      return false;
  }
  return false;
}

Action HandshakeMachine::State::on(Start& event) {
  result.started = event.wall_clock;
  started_ = now_;
  probe_deadline_ = now_ + plan_.timeout;
  if (plan_.host_is_literal) {
    candidates_ = {plan_.host};
    return begin_connection();
  }
  begin_phase(Phase::resolve, plan_.bounds.resolve);
  return ask(ResolveName{plan_.host}, phase_deadline_);
}

Action HandshakeMachine::State::on(Resolved& event) {
  end_phase();
  result.addresses = std::move(event.addresses);
  result.addresses_complete = event.complete;
  if (!reaches(Depth::tcp)) return finish_passed();
  candidates_ = result.addresses;
  if (!plan_.pinned_address.empty()) {
    // Half an answer does not say that an address is gone: then it is tried all the same.
    if (event.complete && std::ranges::find(candidates_, plan_.pinned_address) == candidates_.end())
      return finish_abandoned("address_gone");
    candidates_ = {plan_.pinned_address};
  }
  return begin_connection();
}

Action HandshakeMachine::State::on(ResolveFailed& event) {
  return fail({event.reason, std::move(event.detail), std::nullopt});
}

Action HandshakeMachine::State::on(Admitted& event) {
  if (result.connections == 0) {
    // The wait for the first slot is our own doing: it takes nothing from the probe's time.
    result.gate_wait = event.waited;
    probe_deadline_ += event.waited;
  }
  ++result.connections;
  result.transport.reset();
  if (!in_phase_) begin_phase(Phase::connect, plan_.bounds.connect);
  const std::string& address = connect_->address();
  const bool is_v6 = address.find(':') != std::string::npos;
  result.address = (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(plan_.port);
  last_sent_ = "SYN";
  last_send_ = now_;
  return ask(connect_->connect(), connect_->share(now_, phase_deadline_));
}

Action HandshakeMachine::State::on(AdmissionDenied& event) {
  // Politeness wins over the ladder, the retry and further addresses. Where it cut a probe short, nothing is
  // known of the host; where the probe's own time ran out, what is known so far is the outcome.
  if (result.connections == 0 || event.why != kDeniedByDeadline)
    return finish_abandoned(std::move(event.why));
  if (in_phase_) return fail(connect_->failure());
  return report_previous(std::nullopt);
}

Action HandshakeMachine::State::on(Connected&) {
  end_phase();
  // Behind one name may be several hosts; what one of them answered is followed up with that one.
  candidates_ = {connect_->address()};
  if (!reaches(Depth::negotiate)) return finish_passed();
  if (plan_.send_nothing) return begin_silence();
  if (plan_.tls_at_once) return reaches(Depth::tls) ? begin_tls() : finish_passed();
  return begin_negotiation();
}

Action HandshakeMachine::State::on(Sent&) {
  last_send_ = now_;
  last_sent_ = sending_;
  const auto sent = [](auto& phase) -> PhaseStep { return phase.sent(); };
  return advance(ask_phase(talk_, sent));
}

Action HandshakeMachine::State::on(BytesReceived& event) {
  const auto received = [&event](auto& phase) -> PhaseStep { return phase.received(event.bytes); };
  PhaseStep step = ask_phase(talk_, received);
  auto* failure = std::get_if<PhaseFailure>(&step);
  if (const auto* garbage = std::get_if<GarbagePhase>(&talk_); garbage != nullptr && failure != nullptr) {
    // What answers garbage ends TLS as an alert does, and is told like one.
    failure->detail += since_last_sent();
    failure->moment = IoMoment{last_sent_, now_ - last_send_, garbage->bytes_received()};
  }
  return advance(std::move(step));
}

Action HandshakeMachine::State::on(IoFailed& event) {
  if (event.certificate) result.certificate = std::move(event.certificate);
  note_last_sent(event.last_sent, event.last_sent_at);
  if (auto* nla = std::get_if<NlaPhase>(&talk_);
      nla != nullptr && in_phase_ && event.reason == FailureReason::connection_closed) {
    if (auto step = nla->closed()) return advance(std::move(*step));
  }
  IoMoment moment{last_sent_, now_ - last_send_, event.bytes_received};
  std::string detail = describe_io(event.reason, moment);
  if (category(event.reason) == Category::local) {
    detail = event.detail;
  } else if (!event.detail.empty()) {
    detail += " (" + event.detail + ")";
  }
  const auto number = event.error == 0 ? std::nullopt : std::optional<std::int64_t>(event.error);
  return fail({event.reason, std::move(detail), number, std::move(moment)});
}

Action HandshakeMachine::State::on(DeadlineReached& event) {
  if (event.certificate) result.certificate = std::move(event.certificate);
  note_last_sent(event.last_sent, event.last_sent_at);
  if (phase_ == Phase::resolve) {
    return fail({FailureReason::timeout, "no DNS server answered within " + to_text(now_ - phase_started_),
                 std::nullopt});
  }
  IoMoment moment{last_sent_, now_ - last_send_, event.bytes_received};
  std::string detail = describe_io(FailureReason::timeout, moment);
  return fail({FailureReason::timeout, std::move(detail), std::nullopt, std::move(moment)});
}

Action HandshakeMachine::State::on(TlsEstablished& event) {
  end_phase();
  result.tls = std::move(event.tls);
  if (event.certificate) result.certificate = std::move(event.certificate);
  if (result.tls->hello_time) {
    const std::chrono::system_clock::time_point host{std::chrono::seconds(*result.tls->hello_time)};
    result.hello_clock_skew = clock_skew(host, wall(now_));
  }
  return after_tls();
}

Action HandshakeMachine::State::on(TlsFailed& event) {
  if (event.certificate) result.certificate = std::move(event.certificate);
  note_last_sent(event.last_sent, event.last_sent_at);
  if (auto* nla = std::get_if<NlaPhase>(&talk_); nla != nullptr && in_phase_ && event.alert) {
    if (auto step = nla->alerted(*event.alert)) return advance(std::move(*step));
  }
  return fail({event.reason, event.detail + since_last_sent(), event.alert,
               IoMoment{last_sent_, now_ - last_send_, event.bytes_received}});
}

std::string HandshakeMachine::State::since_last_sent() const {
  return ", " + to_text(now_ - last_send_) + " after " + last_sent_;
}

void HandshakeMachine::State::note_last_sent(const std::string& message, TimePoint when) {
  if (message.empty()) return;
  last_sent_ = message;
  last_send_ = when;
}

Action HandshakeMachine::State::on(Abandoned& event) {
  return finish_abandoned(std::move(event.why));
}

Action HandshakeMachine::State::advance(PhaseStep step) {
  if (auto* body = std::get_if<ActionBody>(&step)) return ask(std::move(*body), phase_deadline_);
  if (auto* failure = std::get_if<PhaseFailure>(&step)) return fail(std::move(*failure));
  return phase_done();
}

Action HandshakeMachine::State::ask(ActionBody body, std::optional<TimePoint> deadline) {
  static constexpr Waiting kWaits[] = {Waiting::resolve, Waiting::admission, Waiting::connect, Waiting::send,
                                       Waiting::receive, Waiting::tls,       Waiting::nothing};
  waiting_ = kWaits[body.index()];
  if (const auto* message = std::get_if<SendBytes>(&body)) sending_ = message->what;
  return Action{std::move(body), deadline};
}

void HandshakeMachine::State::begin_phase(Phase phase, Duration bound) {
  phase_ = phase;
  in_phase_ = true;
  phase_started_ = now_;
  phase_deadline_ = std::min(now_ + bound, probe_deadline_);
}

void HandshakeMachine::State::end_phase() {
  if (!in_phase_) return;
  in_phase_ = false;
  result.phases.push_back({phase_, now_ - phase_started_});
}

}  // namespace rdpwatch::handshake
