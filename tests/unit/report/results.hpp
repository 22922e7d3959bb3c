#pragma once
// Hand-made results for the tests of the report room.

#include <chrono>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

/// 2026-11-22T14:00:00.123Z
inline std::chrono::system_clock::time_point start_time() {
  return std::chrono::system_clock::time_point(std::chrono::milliseconds(1795356000123));
}

/// A certificate that ends `days` after start_time().
inline handshake::CertificateFacts certificate(double days) {
  using namespace std::chrono_literals;
  handshake::CertificateFacts facts;
  facts.subject = "CN=ts09";
  facts.issuer = "CN=ts09";
  facts.subject_cn = "ts09";
  facts.issuer_cn = "ts09";
  facts.serial = "6a0f";
  facts.sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  facts.not_after = start_time() + std::chrono::milliseconds(static_cast<std::int64_t>(days * 86400000.0));
  facts.not_before = start_time() - 90 * 24h;
  facts.key_type = "RSA";
  facts.key_bits = 2048;
  facts.signature_algorithm = "sha256WithRSAEncryption";
  facts.self_signed = true;
  facts.problems = {handshake::CertificateProblem::self_signed};
  return facts;
}

inline handshake::ProbeResult healthy() {
  using namespace std::chrono_literals;
  handshake::ProbeResult result;
  result.target = "ts09.corp.example.com:3389";
  result.address = "10.0.0.9:3389";
  result.group = "rdsh-emea";
  result.module = "tls";
  result.started = start_time();
  result.duration = 41ms;
  result.connections = 1;
  result.verdict = handshake::Verdict::success;
  result.phases = {{handshake::Phase::resolve, 1ms},
                   {handshake::Phase::connect, 11ms},
                   {handshake::Phase::negotiate, 12ms},
                   {handshake::Phase::tls, 17ms}};
  result.addresses = {"10.0.0.9"};
  handshake::NegotiationFacts negotiation;
  negotiation.requested = 0x0B;
  negotiation.selected = 0x08;
  negotiation.flags = 0x01;
  result.negotiation = negotiation;
  handshake::TlsFacts tls;
  tls.version = handshake::TlsVersion::tls12;
  tls.cipher = "ECDHE-RSA-AES256-GCM-SHA384";
  tls.group = "x25519";
  result.tls = tls;
  result.certificate = certificate(93.2);
  result.transport = handshake::TransportFacts{11ms, 0};
  return result;
}

/// healthy(), one phase further: the host named itself.
inline handshake::ProbeResult healthy_with_nla() {
  using namespace std::chrono_literals;
  handshake::ProbeResult result = healthy();
  result.module = "nla";
  result.phases.push_back({handshake::Phase::nla, 4ms});
  result.nla = handshake::NlaFacts{handshake::NlaOutcome::challenge, 6, std::nullopt};
  handshake::HostFacts host;
  host.netbios_computer = "TS09";
  host.netbios_domain = "CORP";
  host.dns_computer = "ts09.corp.example.com";
  host.dns_domain = "corp.example.com";
  host.dns_forest = "corp.example.com";
  host.os_build = "10.0.20348";
  host.os_name = "Windows Server 2022";
  host.clock_skew = handshake::Seconds(0.23);
  host.name_mismatch = false;
  result.host = host;
  return result;
}

/// A host without NLA that asks for a licence.
inline handshake::ProbeResult healthy_with_licensing() {
  using namespace std::chrono_literals;
  handshake::ProbeResult result = healthy();
  result.module = "licensing";
  result.negotiation->requested = 0x01;
  result.negotiation->selected = 0x01;
  result.phases.push_back({handshake::Phase::mcs, 9ms});
  result.phases.push_back({handshake::Phase::licensing, 30ms});
  handshake::McsFacts mcs;
  mcs.version = 0x00080011;
  mcs.requested_protocols = 0x01;
  result.mcs = mcs;
  result.licensing = handshake::LicensingFacts{
      handshake::LicensingOutcome::license_request, "Microsoft Corporation", "A02", {"microsoft.com"}};
  return result;
}

/// The tenth host: 0x904, extended 0x7.
inline handshake::ProbeResult reset_after_client_hello() {
  using namespace std::chrono_literals;
  handshake::ProbeResult result = healthy();
  result.duration = 36ms;
  result.verdict = handshake::Verdict::failure;
  result.failure = handshake::Failure{handshake::Phase::tls, handshake::FailureReason::connection_reset,
                                      "reset 12 ms after ClientHello, 0 bytes received", 104};
  result.phases.back().duration = 12ms;
  result.tls.reset();
  result.certificate.reset();
  return result;
}

inline handshake::ProbeResult failed(handshake::Phase phase, handshake::FailureReason reason) {
  using namespace std::chrono_literals;
  handshake::ProbeResult result;
  result.target = "ts09:3389";
  result.module = "tls";
  result.started = start_time();
  result.duration = 3ms;
  result.verdict = handshake::category(reason) == handshake::Category::local ? handshake::Verdict::local_fault
                                                                             : handshake::Verdict::failure;
  result.failure = handshake::Failure{phase, reason, "", std::nullopt};
  result.phases = {{phase, 3ms}};
  return result;
}

inline handshake::ProbeResult abandoned() {
  handshake::ProbeResult result;
  result.target = "ts09:3389";
  result.module = "tls";
  result.started = start_time();
  result.verdict = handshake::Verdict::abandoned;
  result.abandoned_why = "shutdown";
  return result;
}

}  // namespace rdpwatch::report
