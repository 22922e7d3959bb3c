#include <utility>

#include "tests/sim/payloads.hpp"
#include "tests/sim/personality_groups.hpp"

namespace rdpwatch::sim {

namespace {

/// A host without NLA: TLS, whatever else was asked.
template <typename Change>
Behaviour session(Change change) {
  Behaviour behaviour;
  behaviour.negotiation.select = kProtocolSsl;
  behaviour.negotiation.failures.push_back(
      NegotiationFailure{1, {kProtocolSsl, kProtocolHybrid, kProtocolRdstls, kProtocolHybridEx}});
  change(behaviour.session);
  return behaviour;
}

Behaviour licensing(Licensing answer) {
  return session([answer](SessionSpec& spec) { spec.licensing = answer; });
}

Behaviour error_info(std::uint32_t code) {
  return session([code](SessionSpec& spec) { spec.error_info = code; });
}

Behaviour ultimatum(SessionPoint point) {
  return session([point](SessionSpec& spec) { spec.ultimatum = point; });
}

Behaviour at_mcs(Ending then, Bytes payload = {}) {
  Behaviour behaviour = session([](SessionSpec&) {});
  behaviour.fault = Fault{.at = Step::connect_initial,
                          .after = {},
                          .payload = std::move(payload),
                          .then = then,
                          .flight_bytes = {}};
  return behaviour;
}

void add_licensing(PersonalityList& list) {
  list.push_back({"session_valid_client", licensing(Licensing::valid_client),
                  "without NLA, up to licensing: no licence needed"});
  list.push_back({"session_license_request", licensing(Licensing::request), "licensing: LICENSE_REQUEST"});
  list.push_back({"session_no_license", licensing(Licensing::no_license), "licensing: NO_LICENSE"});
  list.push_back(
      {"session_no_license_server", licensing(Licensing::no_license_server), "licensing: NO_LICENSE_SERVER"});
  list.push_back(
      {"session_demand_active", licensing(Licensing::demand_active), "Demand Active without licensing"});
  list.push_back(
      {"session_autodetect", licensing(Licensing::autodetect_first), "auto-detection before licensing"});
  list.push_back(
      {"session_stalls_at_licensing", licensing(Licensing::stall), "silence after the Client Info"});
  list.push_back(
      {"session_resets_at_licensing", licensing(Licensing::reset), "resets after the Client Info"});
  list.push_back(
      {"session_closes_at_licensing", licensing(Licensing::close), "closes after the Client Info"});
  list.push_back({"session_malformed_license", licensing(Licensing::malformed),
                  "a licensing message that announces more than there is"});
}

void add_error_infos(PersonalityList& list) {
  list.push_back({"session_denied", error_info(0x7), "Set Error Info: SERVER_DENIED_CONNECTION"});
  list.push_back(
      {"session_insufficient_privileges", error_info(0x9), "Set Error Info: SERVER_INSUFFICIENT_PRIVILEGES"});
  list.push_back(
      {"session_license_error_info", error_info(0x101), "Set Error Info: LICENSE_NO_LICENSE_SERVER"});
  list.push_back({"session_crash", error_info(0x10), "Set Error Info: SERVER_DWM_CRASH"});
}

void add_mcs(PersonalityList& list) {
  list.push_back({"session_tampered",
                  session([](SessionSpec& spec) { spec.echo_protocols = kProtocolSsl | kProtocolHybrid; }),
                  "says that the client asked for NLA as well"});
  list.push_back({"session_connect_refused", session([](SessionSpec& spec) { spec.connect_result = 14; }),
                  "Connect-Response: rt-unspecified-failure"});
  list.push_back({"session_attach_refused", session([](SessionSpec& spec) { spec.attach_result = 13; }),
                  "AttachUserConfirm: rt-too-many-users"});
  list.push_back({"session_join_refused", session([](SessionSpec& spec) { spec.join_result = 3; }),
                  "ChannelJoinConfirm: rt-no-such-channel"});
  list.push_back({"session_ultimatum_at_connect", ultimatum(SessionPoint::connect),
                  "a DPU instead of the Connect-Response"});
  list.push_back({"session_ultimatum_at_attach", ultimatum(SessionPoint::attach),
                  "a DPU instead of the AttachUserConfirm"});
  list.push_back({"session_ultimatum_at_join", ultimatum(SessionPoint::join),
                  "a DPU instead of the first ChannelJoinConfirm"});
  list.push_back({"session_ultimatum_at_info", ultimatum(SessionPoint::info), "a DPU instead of licensing"});
  list.push_back({"session_stalls_at_mcs", at_mcs(Ending::stall), "silence after the Connect-Initial"});
  list.push_back({"session_resets_at_mcs", at_mcs(Ending::reset), "resets after the Connect-Initial"});
  list.push_back({"session_closes_at_mcs", at_mcs(Ending::close), "closes after the Connect-Initial"});
  list.push_back({"session_malformed_connect_response",
                  at_mcs(Ending::close, payload("mcs_malformed").value()), "a broken Connect-Response"});
}

Behaviour versions(TlsVersion min, TlsVersion max) {
  Behaviour behaviour;
  behaviour.tls.min_version = min;
  behaviour.tls.max_version = max;
  return behaviour;
}

Behaviour permissive() {
  Behaviour behaviour = versions(TlsVersion::tls10, TlsVersion::tls13);
  behaviour.tls.ciphers = "ALL:!aNULL";
  behaviour.negotiation.failures.push_back(
      NegotiationFailure{2, {kProtocolRdp, kProtocolSsl, kProtocolHybrid, kProtocolHybridEx}});
  behaviour.session.encryption_method = 1;
  behaviour.session.encryption_level = 1;
  behaviour.session.rsa_key_bits = 512;
  return behaviour;
}

}  // namespace

void add_sessions(PersonalityList& list) {
  add_licensing(list);
  add_error_infos(list);
  add_mcs(list);
}

void add_audited(PersonalityList& list) {
  Behaviour hardened;
  hardened.negotiation.failures.push_back(NegotiationFailure{5, {kProtocolHybrid, kProtocolHybridEx}});
  Behaviour rdp_only;
  rdp_only.negotiation.select = kProtocolRdp;
  rdp_only.negotiation.flags = 0x01;
  Behaviour tls_only = versions(TlsVersion::tls12, TlsVersion::tls12);
  tls_only.negotiation.select = kProtocolSsl;
  tls_only.negotiation.failures.push_back(NegotiationFailure{1, {kProtocolSsl}});
  Behaviour resets_old_tls = versions(TlsVersion::tls12, TlsVersion::tls12);
  resets_old_tls.tls.no_common_version = Refusal::reset;
  Behaviour drops_rdstls;
  drops_rdstls.negotiation.drop = {kProtocolRdstls};
  drops_rdstls.negotiation.drop_above = kProtocolSsl | kProtocolHybrid | kProtocolHybridEx;
  list.push_back({"audit_hardened", hardened, "NLA required, TLS 1.2-1.3"});
  list.push_back({"audit_permissive", permissive(),
                  "takes all but RDSTLS: 40-bit standard RDP security with a 512-bit key, TLS 1.0-1.3, NLA"});
  list.push_back(
      {"audit_rdp_only", rdp_only, "chooses 128-bit standard RDP security, whatever was asked, as xrdp"});
  list.push_back({"audit_tls_only", tls_only, "failure 1 unless TLS is asked; TLS 1.2 only, no NLA"});
  list.push_back({"audit_resets_old_tls", resets_old_tls,
                  "TLS 1.2 only; resets a client without it, as Windows without TLS 1.0 and 1.1"});
  list.push_back(
      {"audit_drops_rdstls", drops_rdstls, "closes when RDSTLS alone or more than 0x0B is asked, as xrdp"});
}

}  // namespace rdpwatch::sim
