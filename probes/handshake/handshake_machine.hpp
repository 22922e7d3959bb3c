#pragma once
// The sans-io handshake: turns Events into Actions and a ProbeResult. It owns the order of the handshake, the
// negotiation ladder, the TLS fallback, the deadlines and the classification; it touches no socket and no
// clock. One machine runs one probe; not thread-safe.

#include <memory>

#include "probes/handshake/step.hpp"

namespace rdpwatch::handshake {

class HandshakeMachine {
 public:
  explicit HandshakeMachine(ProbePlan plan);
  ~HandshakeMachine();
  HandshakeMachine(HandshakeMachine&&) noexcept;
  HandshakeMachine& operator=(HandshakeMachine&&) noexcept;

  /// Feed the answer to the last Action (Start at first) and get the next. `now` is the driver's monotonic
  /// clock and must not go back. An Event that does not answer the last Action ends the probe with
  /// internal_error. After Finish was returned, every further call returns Finish again.
  Action resume(Event event, TimePoint now);

  /// The driver tells this when it closes a connection, before it answers the Action that made it close.
  void connection_closed(TransportFacts facts);

  /// Complete once Finish was returned.
  const ProbeResult& result() const;
  ProbeResult take_result();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rdpwatch::handshake
