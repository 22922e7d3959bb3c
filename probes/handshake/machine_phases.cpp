// What follows what: the phases in their order, and which of them a host of its kind has.

#include <utility>

#include "probes/handshake/host_identity.hpp"
#include "probes/handshake/machine_state.hpp"

namespace rdpwatch::handshake {

bool HandshakeMachine::State::reaches(Depth depth) const {
  return static_cast<int>(plan_.depth) >= static_cast<int>(depth);
}

void HandshakeMachine::State::not_applicable(Phase phase, const char* why) {
  result.not_applicable.push_back({phase, why});
}

std::chrono::system_clock::time_point HandshakeMachine::State::wall(TimePoint time) const {
  return result.started + std::chrono::duration_cast<std::chrono::system_clock::duration>(time - started_);
}

Action HandshakeMachine::State::begin_connection() {
  ++connections_begun_;
  connect_.emplace(candidates_, plan_.port);
  const bool first = result.connections == 0;
  return ask(connect_->admit(first), first ? std::nullopt : std::optional(probe_deadline_));
}

Action HandshakeMachine::State::begin_negotiation() {
  if (!result.negotiation) {
    asked_.push_back(plan_.requested_protocols);
    result.negotiation.emplace();
  }
  result.negotiation->requested = asked_.back();
  auto& negotiate = talk_.emplace<NegotiatePhase>(plan_.cookie, asked_.back());
  begin_phase(Phase::negotiate, plan_.bounds.negotiate);
  return ask(negotiate.begin(), phase_deadline_);
}

Action HandshakeMachine::State::begin_tls() {
  if (plan_.garbage_for_client_hello) return begin_garbage();
  begin_phase(Phase::tls, plan_.bounds.tls);
  last_send_ = now_;
  last_sent_ = "ClientHello";
  // A literal has no place in SNI (RFC 6066 section 3).
  const std::string& named = plan_.server_name.empty() ? plan_.host : plan_.server_name;
  const bool is_name = plan_.server_name.empty() ? !plan_.host_is_literal : !is_address(plan_.server_name);
  const std::string sni = plan_.send_sni && is_name ? named : std::string();
  return ask(StartTls{profile_, sni, plan_.only_tls_version}, phase_deadline_);
}

Action HandshakeMachine::State::begin_silence() {
  auto& silence = talk_.emplace<SilencePhase>();
  begin_phase(Phase::negotiate, plan_.bounds.negotiate);
  last_send_ = now_;
  return ask(silence.begin(), phase_deadline_);
}

Action HandshakeMachine::State::begin_garbage() {
  auto& garbage = talk_.emplace<GarbagePhase>();
  begin_phase(Phase::tls, plan_.bounds.tls);
  // As with a ClientHello, whose writing may meet the end too: bytes and time count from here.
  last_send_ = now_;
  last_sent_ = "garbage";
  return ask(garbage.begin(), phase_deadline_);
}

Action HandshakeMachine::State::begin_nla() {
  const bool early = result.negotiation->selected == wire::protocol::kHybridEx;
  auto& nla = talk_.emplace<NlaPhase>(early);
  begin_phase(Phase::nla, plan_.bounds.nla);
  return ask(nla.begin(), phase_deadline_);
}

Action HandshakeMachine::State::begin_mcs() {
  auto& mcs = talk_.emplace<McsPhase>(*result.negotiation->selected, !reaches(Depth::licensing));
  begin_phase(Phase::mcs, plan_.bounds.mcs);
  return ask(mcs.begin(), phase_deadline_);
}

Action HandshakeMachine::State::begin_licensing() {
  const auto& mcs = std::get<McsPhase>(talk_);
  LicensingPhase licensing(mcs.user(), mcs.io_channel(), mcs.stream());
  begin_phase(Phase::licensing, plan_.bounds.licensing);
  ActionBody first = licensing.begin();
  talk_ = std::move(licensing);
  return ask(std::move(first), phase_deadline_);
}

Action HandshakeMachine::State::phase_done() {
  end_phase();
  keep_facts();
  switch (phase_) {
    case Phase::negotiate:
      return after_negotiation();
    case Phase::mcs:
      return after_mcs();
    case Phase::licensing:
      result.licensing = std::get<LicensingPhase>(talk_).facts();
      break;
    case Phase::resolve:
    case Phase::connect:
    case Phase::tls:
    case Phase::nla:
    case Phase::login:
      break;
  }
  return finish_passed();
}

Action HandshakeMachine::State::after_negotiation() {
  const auto& response = std::get<NegotiatePhase>(talk_).response();
  result.negotiation->selected = response.selected_protocol;
  result.negotiation->flags = response.flags;
  if (!reaches(Depth::tls)) return finish_passed();
  if (is_tls_based(response.selected_protocol)) return begin_tls();
  if (plan_.require_tls) return finish_passed();
  not_applicable(Phase::tls, "the server chose standard RDP security, which has no TLS");
  if (reaches(Depth::mcs)) return begin_mcs();
  if (reaches(Depth::nla)) {
    not_applicable(Phase::nla, "the server chose standard RDP security, which has no NLA");
    result.nla = NlaFacts{};
  }
  return finish_passed();
}

Action HandshakeMachine::State::after_tls() {
  // Without a negotiation nothing says what would follow.
  if (!reaches(Depth::nla) || !result.negotiation) return finish_passed();
  const bool nla = is_nla(*result.negotiation->selected);
  if (!reaches(Depth::mcs)) {
    if (nla) return begin_nla();
    not_applicable(Phase::nla, "the server chose TLS without NLA");
    result.nla = NlaFacts{};
    return finish_passed();
  }
  if (*result.negotiation->selected == wire::protocol::kSsl) return begin_mcs();
  const char* const why =
      "the server demands NLA: a session begins with a logon, which this module never attempts";
  not_applicable(Phase::mcs, why);
  if (reaches(Depth::licensing)) not_applicable(Phase::licensing, why);
  return finish_passed();
}

Action HandshakeMachine::State::after_mcs() {
  if (!reaches(Depth::licensing)) return finish_passed();
  if (result.mcs->encryption_method == 0) return begin_licensing();
  not_applicable(Phase::licensing,
                 "standard RDP security encrypts what follows; only its method and level were read");
  return finish_passed();
}

void HandshakeMachine::State::keep_facts() {
  if (const auto* nla = std::get_if<NlaPhase>(&talk_)) {
    result.nla = nla->facts();
    if (!nla->challenge()) return;
    result.host = host_facts(*nla->challenge(), result.negotiation->flags);
    result.host->name_mismatch = name_mismatch(plan_, *result.host);
    if (nla->challenge()->timestamp) {
      const TimePoint midpoint = last_send_ + (now_ - last_send_) / 2;
      result.host->clock_skew = clock_skew(*nla->challenge()->timestamp, wall(midpoint));
    }
  } else if (const auto* mcs = std::get_if<McsPhase>(&talk_)) {
    result.mcs = mcs->facts();
    in_mcs_ = mcs->connected();
  }
}

}  // namespace rdpwatch::handshake
