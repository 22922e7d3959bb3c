#pragma once
// The inside of HandshakeMachine: one method for each Event, and the decisions between connections. Private
// to the handshake room.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "probes/handshake/connect_phase.hpp"
#include "probes/handshake/garbage_phase.hpp"
#include "probes/handshake/handshake_machine.hpp"
#include "probes/handshake/licensing_phase.hpp"
#include "probes/handshake/mcs_phase.hpp"
#include "probes/handshake/negotiate_phase.hpp"
#include "probes/handshake/nla_phase.hpp"
#include "probes/handshake/silence_phase.hpp"

namespace rdpwatch::handshake {

/// At most this many connections in one probe, counted by negotiation and TLS attempts (not by addresses
/// tried).
inline constexpr int kMaxConnections = 3;

struct HandshakeMachine::State {
  explicit State(ProbePlan plan);

  Action resume(Event event, TimePoint now);
  void connection_closed(TransportFacts facts);

  ProbeResult result;

 private:
  /// What the driver is doing, and so which Event may come.
  enum class Waiting : std::uint8_t { start, resolve, admission, connect, send, receive, tls, nothing };

  // One for each Event.
  Action on(Start& event);
  Action on(Resolved& event);
  Action on(ResolveFailed& event);
  Action on(Admitted& event);
  Action on(AdmissionDenied& event);
  Action on(Connected& event);
  Action on(Sent& event);
  Action on(BytesReceived& event);
  Action on(IoFailed& event);
  Action on(DeadlineReached& event);
  Action on(TlsEstablished& event);
  Action on(TlsFailed& event);
  Action on(Abandoned& event);

  bool answers(const Event& event) const;
  Action advance(PhaseStep step);
  Action phase_done();
  Action ask(ActionBody body, std::optional<TimePoint> deadline);

  // machine_phases.cpp: what follows what.
  Action begin_connection();
  Action begin_negotiation();
  Action begin_tls();
  Action begin_garbage();
  Action begin_silence();
  Action begin_nla();
  Action begin_mcs();
  Action begin_licensing();
  Action after_negotiation();
  Action after_tls();
  Action after_mcs();
  void not_applicable(Phase phase, const char* why);
  bool reaches(Depth depth) const;
  /// What phase `nla` and phase `mcs` found so far, also when they fail.
  void keep_facts();
  std::chrono::system_clock::time_point wall(TimePoint time) const;

  void note_last_sent(const std::string& message, TimePoint when);
  /// ", 12 ms after ClientHello"
  std::string since_last_sent() const;
  void begin_phase(Phase phase, Duration bound);
  void end_phase();

  Action fail(PhaseFailure failure);
  bool climb_ladder(const Failure& failure);
  bool change_tls_profile(const Failure& failure);
  void leave_connection(const Failure& failure);
  Action report_previous(std::optional<Failure> second);
  Action finish_failed(Failure failure);
  Action finish_passed();
  Action finish_abandoned(std::string why);
  Action finish(Verdict verdict);

  ProbePlan plan_;
  Waiting waiting_ = Waiting::start;
  TimePoint now_{};
  TimePoint started_{};
  TimePoint probe_deadline_{};

  Phase phase_ = Phase::resolve;
  bool in_phase_ = false;
  TimePoint phase_started_{};
  TimePoint phase_deadline_{};

  TimePoint last_send_{};
  std::string last_sent_;
  std::string sending_;  ///< what becomes last_sent_ once it is

  std::vector<std::string> candidates_;  ///< addresses that a connection may use, in order
  std::optional<ConnectPhase> connect_;
  /// The phase that exchanges messages; one at a time does.
  std::variant<std::monostate, SilencePhase, NegotiatePhase, GarbagePhase, NlaPhase, McsPhase, LicensingPhase>
      talk_;
  bool in_mcs_ = false;  ///< the server knows us in MCS, and is to be told goodbye there
  int connections_begun_ = 0;
  std::vector<std::uint32_t> asked_;  ///< requestedProtocols so far
  TlsProfile profile_;
  bool profile_changed_ = false;

  /// The connection before this one, as it stood when it failed.
  struct Previous {
    Failure failure;
    ProbeResult result;
  };
  std::optional<Previous> previous_;
};

}  // namespace rdpwatch::handshake
