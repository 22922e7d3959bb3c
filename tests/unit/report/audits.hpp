#pragma once
// Hand-made audits for the tests of the report room.

#include "probes/handshake/audit.hpp"
#include "tests/unit/report/results.hpp"

namespace rdpwatch::report {

/// Nothing is known yet, as at the start of an audit.
inline handshake::AuditResult unanswered() {
  using handshake::TlsVersion;
  handshake::AuditResult audit;
  audit.target = "ts09.corp.example.com:3389";
  audit.group = "rdsh-emea";
  audit.module = "tls";
  audit.started = start_time();
  for (const std::uint32_t protocol : {0U, 1U, 2U, 8U, 4U}) audit.protocols.push_back({protocol, {}, ""});
  for (const TlsVersion version :
       {TlsVersion::tls10, TlsVersion::tls11, TlsVersion::tls12, TlsVersion::tls13})
    audit.tls.push_back({version, {}, ""});
  return audit;
}

/// NLA alone, TLS 1.2 and 1.3.
inline handshake::AuditResult hardened() {
  using namespace std::chrono_literals;
  using handshake::Acceptance;
  handshake::AuditResult audit = unanswered();
  audit.address = "10.0.0.9:3389";
  audit.duration = 6100ms;
  audit.connections = 7;
  audit.verdict = handshake::Verdict::success;
  for (auto& answer : audit.protocols) {
    const bool accepted = answer.protocol == 2 || answer.protocol == 8;
    answer.accepts = accepted ? Acceptance::yes : Acceptance::no;
    if (!accepted) answer.detail = "RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)";
  }
  for (auto& answer : audit.tls) {
    const bool accepted = answer.version >= handshake::TlsVersion::tls12;
    answer.accepts = accepted ? Acceptance::yes : Acceptance::no;
    if (!accepted) {
      answer.detail = "tls_alert in tls: received alert protocol_version (70), 1.0 ms after ClientHello";
    }
  }
  audit.nla_required = true;
  audit.certificate = certificate(183);
  return audit;
}

/// Takes all but RDSTLS.
inline handshake::AuditResult permissive() {
  using handshake::Acceptance;
  handshake::AuditResult audit = hardened();
  audit.target = "ts05.corp.example.com:3389";
  for (auto& answer : audit.protocols) {
    answer = {answer.protocol, answer.protocol == 4 ? Acceptance::no : Acceptance::yes, ""};
    if (answer.protocol == 4) answer.detail = "the server chose another protocol";
  }
  for (auto& answer : audit.tls) answer = {answer.version, Acceptance::yes, ""};
  audit.nla_required = false;
  audit.rdp_security = handshake::McsFacts{0x00080004, 0, 1, 1, 512};
  audit.findings = {"legacy_rdp_security", "nla_not_required", "legacy_tls", "weak_rdp_encryption",
                    "weak_rdp_key"};
  return audit;
}

/// Chooses standard RDP security, whatever it is asked.
inline handshake::AuditResult rdp_only() {
  using handshake::Acceptance;
  handshake::AuditResult audit = hardened();
  audit.target = "ts06.corp.example.com:3389";
  for (auto& answer : audit.protocols) {
    const bool accepted = answer.protocol == 0;
    answer = {answer.protocol, accepted ? Acceptance::yes : Acceptance::no, ""};
    if (!accepted) answer.detail = "the server chose another protocol";
  }
  for (auto& answer : audit.tls)
    answer = {answer.version, Acceptance::unknown, "the host chose no protocol with TLS"};
  audit.certificate.reset();
  audit.nla_required = false;
  audit.rdp_security = handshake::McsFacts{0x00080004, 0, 2, 3, 2048};
  audit.findings = {"legacy_rdp_security", "nla_not_required"};
  return audit;
}

/// The port is closed.
inline handshake::AuditResult refused() {
  using namespace std::chrono_literals;
  handshake::AuditResult audit = unanswered();
  audit.target = "ts07.corp.example.com:3389";
  audit.address = "10.0.0.7:3389";
  audit.duration = 3ms;
  audit.connections = 1;
  audit.verdict = handshake::Verdict::failure;
  audit.failure = handshake::Failure{handshake::Phase::connect, handshake::FailureReason::connection_refused,
                                     "refused 0.3 ms after SYN", 111};
  return audit;
}

/// What the command has of a host that it did not come to.
inline handshake::AuditResult cut_off() {
  handshake::AuditResult audit;
  audit.target = "ts08.corp.example.com:3389";
  audit.module = "tls";
  audit.started = start_time();
  audit.abandoned_why = "interrupted";
  return audit;
}

}  // namespace rdpwatch::report
