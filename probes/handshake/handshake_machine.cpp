#include "probes/handshake/handshake_machine.hpp"

#include <algorithm>
#include <utility>

#include "probes/handshake/machine_state.hpp"

namespace rdpwatch::handshake {

HandshakeMachine::HandshakeMachine(ProbePlan plan) : state_(std::make_unique<State>(std::move(plan))) {}
HandshakeMachine::~HandshakeMachine() = default;
HandshakeMachine::HandshakeMachine(HandshakeMachine&&) noexcept = default;
HandshakeMachine& HandshakeMachine::operator=(HandshakeMachine&&) noexcept = default;

Action HandshakeMachine::resume(Event event, TimePoint now) {
  return state_->resume(std::move(event), now);
}
void HandshakeMachine::connection_closed(TransportFacts facts) {
  state_->connection_closed(facts);
}
const ProbeResult& HandshakeMachine::result() const {
  return state_->result;
}
ProbeResult HandshakeMachine::take_result() {
  return std::move(state_->result);
}

}  // namespace rdpwatch::handshake
