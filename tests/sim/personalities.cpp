#include "tests/sim/personalities.hpp"

#include <utility>

#include "tests/sim/payloads.hpp"
#include "tests/sim/personality_groups.hpp"

namespace rdpwatch::sim {

namespace {

using List = PersonalityList;

Behaviour select(std::uint32_t protocol, std::uint8_t flags = 0x1F) {
  Behaviour behaviour;
  behaviour.negotiation.select = protocol;
  behaviour.negotiation.flags = flags;
  return behaviour;
}

Behaviour fails_unless(std::uint32_t code, std::vector<std::uint32_t> unless) {
  Behaviour behaviour;
  behaviour.negotiation.failures.push_back(NegotiationFailure{code, std::move(unless)});
  return behaviour;
}

Behaviour tls(TlsVersion min, TlsVersion max, std::string ciphers = "DEFAULT") {
  Behaviour behaviour;
  behaviour.tls.min_version = min;
  behaviour.tls.max_version = max;
  behaviour.tls.ciphers = std::move(ciphers);
  return behaviour;
}

Behaviour fault(Step at, Ending then, Bytes payload = {}) {
  return with_fault(
      Fault{.at = at, .after = {}, .payload = std::move(payload), .then = then, .flight_bytes = {}});
}

Behaviour answers(Step at, std::string_view name, Ending then = Ending::close) {
  return fault(at, then, payload(name).value());
}

Behaviour partial_flight(Ending then, std::size_t bytes) {
  return with_fault(
      Fault{.at = Step::server_hello, .after = {}, .payload = {}, .then = then, .flight_bytes = bytes});
}

template <typename Change>
Behaviour certificate(Change change) {
  Behaviour behaviour;
  change(behaviour.tls.certificate);
  return behaviour;
}

void add_healthy(List& list) {
  Behaviour byte_by_byte;
  byte_by_byte.negotiation.chunk = 1;
  Behaviour slow;
  for (const Step step : kAnsweringSteps) slow.latency[step] = Milliseconds(150);
  Behaviour direct;
  direct.direct_tls = DirectTls::only;
  list.push_back({"healthy", Behaviour{}, "TLS 1.2-1.3, the strongest protocol that was asked for"});
  list.push_back({"healthy_tls12", tls(TlsVersion::tls12, TlsVersion::tls12), "TLS 1.2 only"});
  list.push_back({"healthy_tls13", tls(TlsVersion::tls13, TlsVersion::tls13), "TLS 1.3 only"});
  list.push_back({"nla_required", fails_unless(5, {kProtocolHybrid, kProtocolHybridEx}),
                  "failure 5 to a client without NLA, otherwise healthy"});
  list.push_back({"byte_by_byte", byte_by_byte, "the Connection Confirm arrives in single bytes"});
  list.push_back({"slow", slow, "150 ms before each of its answers"});
  list.push_back({"direct_tls", direct, "TLS at once, without X.224"});
}

void add_old(List& list) {
  Behaviour xp;
  xp.negotiation.omit_data = true;
  Behaviour legacy = tls(TlsVersion::tls10, TlsVersion::tls10, "ALL");
  legacy.tls.certificate.key = "rsa1024";
  legacy.tls.certificate.digest = "sha1";
  Behaviour rdp_only = fails_unless(2, {kProtocolRdp});
  rdp_only.negotiation.select = kProtocolRdp;
  Behaviour anonymous = tls(TlsVersion::tls12, TlsVersion::tls12, "aNULL");
  anonymous.tls.anonymous = true;
  list.push_back({"windows_xp", xp, "a Connection Confirm without negotiation data"});
  list.push_back({"rdp_selected", select(kProtocolRdp), "chooses standard RDP security, whatever was asked"});
  list.push_back({"rdp_only", rdp_only, "failure 2 unless 0 is asked, then standard RDP security"});
  list.push_back({"tls_only", fails_unless(1, {kProtocolSsl}), "failure 1 unless TLS is asked"});
  list.push_back({"tls10", legacy, "TLS 1.0 only, RSA-1024, SHA-1"});
  list.push_back({"tls11", tls(TlsVersion::tls11, TlsVersion::tls11, "ALL"), "TLS 1.1 only"});
  list.push_back({"no_certificate", anonymous, "anonymous ciphers only: TLS without a certificate"});
}

void add_certificates(List& list) {
  const auto days = [](double left) {
    return certificate([left](CertificateSpec& spec) { spec.days_left = left; });
  };
  list.push_back({"expires_in_12_days", days(12), "a certificate with 12 days left"});
  list.push_back({"expired", days(-3), "a certificate that expired 3 days ago"});
  list.push_back({"not_yet_valid", certificate([](CertificateSpec& spec) {
                    spec.not_before = 4070908800;  // 2099-01-01
                    spec.not_after = 4102444800;   // 2100-01-01
                  }),
                  "a certificate that is valid from 2099 on"});
  list.push_back({"rsa1024", certificate([](CertificateSpec& spec) { spec.key = "rsa1024"; }), "a weak key"});
  list.push_back(
      {"sha1", certificate([](CertificateSpec& spec) { spec.digest = "sha1"; }), "a weak signature"});
  list.push_back(
      {"ecdsa", certificate([](CertificateSpec& spec) { spec.key = "ec256"; }), "an elliptic curve key"});
  list.push_back(
      {"no_eku", certificate([](CertificateSpec& spec) { spec.eku.clear(); }), "no extended key usage"});
  list.push_back({"client_auth_eku", certificate([](CertificateSpec& spec) { spec.eku = {"clientAuth"}; }),
                  "extended key usage for clients only"});
  list.push_back({"no_digital_signature", certificate([](CertificateSpec& spec) {
                    spec.key_usage = {"keyEncipherment", "dataEncipherment"};
                  }),
                  "key usage as in the certificates that Windows makes itself"});
  list.push_back(
      {"negative_serial", certificate([](CertificateSpec& spec) { spec.serial = -5; }), "serial number -5"});
  list.push_back(
      {"zero_serial", certificate([](CertificateSpec& spec) { spec.serial = 0; }), "serial number 0"});
}

void add_negotiation_failures(List& list) {
  static constexpr std::string_view kNames[] = {"failure_1", "failure_2", "failure_3",
                                                "failure_4", "failure_5", "failure_6"};
  for (std::uint32_t code = 1; code <= 6; ++code) {
    list.push_back({kNames[code - 1], fails_unless(code, {}), "this RDP_NEG_FAILURE, whatever was asked"});
  }
  list.push_back(
      {"failure_unknown", fails_unless(99, {}), "RDP_NEG_FAILURE 99, which no specification lists"});
  list.push_back(
      {"selects_unrequested", select(kProtocolRdstls), "chooses RDSTLS, which no client of ours asks for"});
  list.push_back({"malformed_tpkt", answers(Step::request, "tpkt_length_3"), "a TPKT of length 3"});
  list.push_back({"oversized_tpkt", answers(Step::request, "tpkt_oversized", Ending::stall),
                  "a TPKT that announces 65535 bytes"});
  list.push_back({"malformed_x224", answers(Step::request, "x224_bad_li"), "LI contradicts the TPKT"});
  list.push_back({"disconnect_ultimatum", answers(Step::request, "disconnect_ultimatum"),
                  "DPU instead of a Connection Confirm"});
  list.push_back({"half_confirm", answers(Step::request, "tpkt_truncated"),
                  "8 of the Connection Confirm's 19 bytes, then FIN"});
}

void add_foreign(List& list) {
  list.push_back({"ssh", answers(Step::accept, "ssh_banner", Ending::stall), "an SSH server"});
  list.push_back({"smtp", answers(Step::accept, "smtp_banner", Ending::stall), "a mail server"});
  list.push_back({"vnc", answers(Step::accept, "vnc_banner", Ending::stall), "a VNC server"});
  list.push_back({"http", answers(Step::request, "http_400"), "a web server"});
  list.push_back({"h323", answers(Step::request, "h323"), "an H.323 gatekeeper"});
  list.push_back({"garbage", answers(Step::request, "garbage"), "noise"});
}

void add_broken(List& list) {
  struct Row {
    Step at;
    std::string_view reset, close, stall, help;
  };
  static constexpr Row kRows[] = {
      {Step::accept, "reset_on_accept", "close_on_accept", "silent", "on accept"},
      {Step::request, "reset_after_request", "close_after_request", "stall_after_request",
       "instead of a Connection Confirm"},
      {Step::confirm, "reset_after_confirm", "close_after_confirm", "stall_after_confirm",
       "after the Connection Confirm"},
      {Step::client_hello, "reset_after_client_hello", "close_after_client_hello", "stall_after_client_hello",
       "after the ClientHello"},
      {Step::server_hello, "reset_after_server_hello", "close_after_server_hello", "stall_after_server_hello",
       "after the server's first flight of TLS 1.2"},
      {Step::established, "reset_after_tls", "close_after_tls", "stall_after_tls", "after the TLS handshake"},
  };
  for (const Row& row : kRows) {
    for (const auto& [name, then] : {std::pair(row.reset, Ending::reset), std::pair(row.close, Ending::close),
                                     std::pair(row.stall, Ending::stall)}) {
      Behaviour behaviour = fault(row.at, then);
      // In TLS 1.3 the first flight is the server's last one: a client that has it is content.
      if (row.at == Step::server_hello) behaviour.tls.max_version = TlsVersion::tls12;
      list.push_back({name, std::move(behaviour), row.help});
    }
  }
  list.push_back({"reset_in_server_hello", partial_flight(Ending::reset, 20),
                  "20 bytes of the first TLS flight, then RST"});
  list.push_back({"close_in_server_hello", partial_flight(Ending::close, 20),
                  "20 bytes of the first TLS flight, then FIN"});
  list.push_back({"stall_in_server_hello", partial_flight(Ending::stall, 20),
                  "20 bytes of the first TLS flight, then silence"});
  list.push_back({"tls_alert_handshake_failure", fault(Step::client_hello, Ending::close, alert_record(40)),
                  "alert 40"});
  list.push_back(
      {"tls_alert_internal_error", fault(Step::client_hello, Ending::close, alert_record(80)), "alert 80"});
  list.push_back({"tls_not_spoken", answers(Step::client_hello, "disconnect_ultimatum"),
                  "RDP in clear after the ClientHello, as xrdp does with an unusable key"});
  list.push_back({"tls_garbage", answers(Step::client_hello, "garbage_server_hello"),
                  "a record that is no ServerHello"});
}

List make_personalities() {
  List list;
  add_healthy(list);
  add_old(list);
  add_certificates(list);
  add_negotiation_failures(list);
  add_foreign(list);
  add_broken(list);
  add_nla(list);
  add_sessions(list);
  add_audited(list);
  add_watched(list);
  return list;
}

}  // namespace

std::span<const Personality> personalities() {
  static const List all = make_personalities();
  return all;
}

std::optional<Behaviour> personality(std::string_view name) {
  for (const Personality& one : personalities()) {
    if (one.name == name) return one.behaviour;
  }
  return std::nullopt;
}

Behaviour with_fault(Fault fault) {
  Behaviour behaviour;
  behaviour.fault = std::move(fault);
  return behaviour;
}

}  // namespace rdpwatch::sim
