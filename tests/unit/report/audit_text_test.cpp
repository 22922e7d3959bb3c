// Audits for people.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/report/audit_report.hpp"
#include "daemon/report/text_clean.hpp"
#include "tests/unit/report/audits.hpp"

namespace rdpwatch::report {
namespace {

using handshake::Acceptance;
using handshake::AuditResult;
using handshake::CertificateProblem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(AuditText, hardened) {
  EXPECT_EQ(to_text(hardened(), {}, {}),
            R"text(OK  ts09.corp.example.com:3389  audited with 7 connections in 6.1 s
  address 10.0.0.9:3389, group rdsh-emea, module tls, 2026-11-22 14:00:00 UTC

Security protocols
  rdp         no: RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)
  ssl         no: RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)
  hybrid      yes
  hybrid_ex   yes
  rdstls      no: RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)
  NLA         required

TLS versions
  TLSv1       no: tls_alert in tls: received alert protocol_version (70), 1.0 ms
              after ClientHello
  TLSv1.1     no: tls_alert in tls: received alert protocol_version (70), 1.0 ms
              after ClientHello
  TLSv1.2     yes
  TLSv1.3     yes

Certificate
  subject     CN=ts09
  issuer      CN=ts09
  valid       2026-08-24 to 2027-05-24, 183 days left
  key         RSA 2048 bits, signed with sha256WithRSAEncryption
  sha256      9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  note        self_signed: issued by itself: normal for a Windows host outside a
              PKI, but nobody vouches for it
)text");
}

TEST(AuditText, permissive_from_standard_rdp_security_on) {
  const std::string text = to_text(permissive(), {}, {});
  EXPECT_THAT(text, StartsWith("WARNING  ts05.corp.example.com:3389  audited with 7 connections in 6.1 s\n"));
  EXPECT_THAT(text, HasSubstr("  rdstls      no: the server chose another protocol\n"
                              "  NLA         offered, not required\n"));
  EXPECT_THAT(text, HasSubstr(R"text(
Standard RDP security
  protocol    RDP 5.0 to 8.1
  encryption  40-bit RC4, level low
  key         RSA 512 bits

Certificate
)text"));
  EXPECT_THAT(text, testing::EndsWith(R"text(
Findings
  legacy_rdp_security: standard RDP security, without TLS: the host proves no
  identity, and the encryption is weak; set SecurityLayer to TLS (2) on the host
  nla_not_required: the host lets clients in without Network Level
  Authentication, so a session starts before anyone has logged on; require NLA
  on the host (UserAuthentication=1), where the server can do it
  legacy_tls: an old TLS version or cipher, which today's clients refuse, is
  accepted; enable TLS 1.2 or 1.3 with AES-GCM on the host, then turn older
  versions off
  weak_rdp_encryption: standard RDP security is accepted with no, 40-bit or
  56-bit encryption, or lets each client choose how weak it is (a level below
  high); set SecurityLayer to TLS (2) on the host; where that can't be,
  MinEncryptionLevel to high (3)
  weak_rdp_key: the key of standard RDP security has fewer than 2048 bits: who
  breaks it can read and change sessions; set SecurityLayer to TLS (2) on the
  host, so that this key is not used any more
)text"));
}

TEST(AuditText, a_host_without_tls_says_so_once) {
  EXPECT_THAT(to_text(rdp_only(), {}, {}), HasSubstr(R"text(
  NLA         not offered

TLS versions
  none        the host chose no protocol with TLS

Standard RDP security
)text"));
}

TEST(AuditText, a_failure_is_explained_and_unasked_questions_are_left_out) {
  EXPECT_EQ(to_text(refused(), {}, {}),
            R"text(FAILED  ts07.corp.example.com:3389  connection_refused in connect, after 1 connection
  address 10.0.0.7:3389, group rdsh-emea, module tls, 2026-11-22 14:00:00 UTC

Why
  reason      connection_refused: the port is closed: the host answered with a
              reset
  phase       connect: TCP: the three-way handshake
  detail      refused 0.3 ms after SYN
  client      Microsoft's client shows 0x204: no TCP connection to the port
              (documented)

Next
  on the host, in an elevated PowerShell:
    qwinsta
    rdp-tcp must be in state Listen; if not, check fDenyTSConnections and the
    service TermService
  to narrow it down, with a few connections more:
    rdpwatch diagnose ts07.corp.example.com:3389
  what is known of it:
    rdpwatch explain 0x204
)text");
}

TEST(AuditText, a_failure_in_tls_keeps_what_was_learnt_before) {
  AuditResult audit = permissive();
  audit.verdict = handshake::Verdict::failure;
  audit.failure = reset_after_client_hello().failure;
  for (auto& answer : audit.tls) answer = {answer.version, Acceptance::unknown, "connection_reset in tls"};
  const std::string text = to_text(audit, {}, {});
  EXPECT_THAT(
      text, StartsWith("FAILED  ts05.corp.example.com:3389  connection_reset in tls, after 7 connections\n"));
  EXPECT_THAT(text, HasSubstr("\n  rdp         yes\n"));
  EXPECT_THAT(text, HasSubstr("\n  TLSv1       not known: connection_reset in tls\n"));
  EXPECT_THAT(text, HasSubstr("\nFindings\n  legacy_rdp_security: "));
}

TEST(AuditText, fault_of_our_own_and_cut_off) {
  AuditResult audit = refused();
  audit.verdict = handshake::Verdict::local_fault;
  audit.failure->reason = handshake::FailureReason::local_resources;
  EXPECT_THAT(
      to_text(audit, {}, {}),
      StartsWith("UNKNOWN  ts07.corp.example.com:3389  this machine's fault: local_resources in connect\n"));
  EXPECT_EQ(to_text(cut_off(), {}, {}),
            "UNKNOWN  ts08.corp.example.com:3389  cut off: interrupted\n"
            "  module tls, 2026-11-22 14:00:00 UTC\n");
}

TEST(AuditText, thresholds_and_problems_of_the_certificate) {
  AuditResult audit = hardened();
  audit.certificate = certificate(5);
  audit.certificate->problems = {CertificateProblem::name_mismatch};
  const std::string text = to_text(audit, {}, {});
  EXPECT_THAT(text, StartsWith("CRITICAL  ts09"));
  EXPECT_THAT(text, HasSubstr("  valid       2026-08-24 to 2026-11-27, 5 days left (critical)\n"));
  EXPECT_THAT(text,
              HasSubstr("  problem     name_mismatch: it does not carry the name that the host was asked\n"
                        "              by\n"));
}

TEST(AuditText, several_hosts) {
  AuditResult open = hardened();
  open.target = "ts04.corp.example.com:3389";
  open.protocols[4] = {4, Acceptance::unknown, "connection_closed in negotiate"};
  open.certificate = certificate(3);
  open.certificate->problems = {CertificateProblem::self_signed, CertificateProblem::name_mismatch};
  EXPECT_EQ(to_text({refused(), open, cut_off(), permissive(), rdp_only(), hardened()}, {}, {}),
            R"text(FAILED   ts07.corp.example.com:3389
  why         connection_refused in connect: refused 0.3 ms after SYN
CRITICAL ts04.corp.example.com:3389
  NLA         required
  accepts     hybrid hybrid_ex TLSv1.2 TLSv1.3
  not known   rdstls
  certificate 3 days left (critical), name_mismatch
UNKNOWN  ts08.corp.example.com:3389
  why         cut off: interrupted
WARNING  ts05.corp.example.com:3389
  NLA         offered, not required
  accepts     rdp ssl hybrid hybrid_ex TLSv1 TLSv1.1 TLSv1.2 TLSv1.3
  findings    legacy_rdp_security, nla_not_required, legacy_tls,
              weak_rdp_encryption, weak_rdp_key
WARNING  ts06.corp.example.com:3389
  NLA         not offered
  accepts     rdp
  findings    legacy_rdp_security, nla_not_required
OK       ts09.corp.example.com:3389
  NLA         required
  accepts     hybrid hybrid_ex TLSv1.2 TLSv1.3

What the findings mean
  legacy_rdp_security (2 hosts): standard RDP security, without TLS: the host
  proves no identity, and the encryption is weak; set SecurityLayer to TLS (2)
  on the host
  nla_not_required (2 hosts): the host lets clients in without Network Level
  Authentication, so a session starts before anyone has logged on; require NLA
  on the host (UserAuthentication=1), where the server can do it
  legacy_tls (1 host): an old TLS version or cipher, which today's clients
  refuse, is accepted; enable TLS 1.2 or 1.3 with AES-GCM on the host, then turn
  older versions off
  weak_rdp_encryption (1 host): standard RDP security is accepted with no,
  40-bit or 56-bit encryption, or lets each client choose how weak it is (a
  level below high); set SecurityLayer to TLS (2) on the host; where that can't
  be, MinEncryptionLevel to high (3)
  weak_rdp_key (1 host): the key of standard RDP security has fewer than 2048
  bits: who breaks it can read and change sessions; set SecurityLayer to TLS (2)
  on the host, so that this key is not used any more

Totals
  states      FAILED 1, CRITICAL 1, UNKNOWN 1, WARNING 2, OK 1
  hosts       6
)text");
}

TEST(AuditText, several_hosts_without_findings) {
  AuditResult first = hardened();
  first.target = "ts01:3389";
  EXPECT_EQ(to_text({first, hardened()}, {}, {}), R"text(OK       ts01:3389
  NLA         required
  accepts     hybrid hybrid_ex TLSv1.2 TLSv1.3
OK       ts09.corp.example.com:3389
  NLA         required
  accepts     hybrid hybrid_ex TLSv1.2 TLSv1.3

Totals
  states      FAILED 0, CRITICAL 0, UNKNOWN 0, WARNING 0, OK 2
  hosts       2
)text");
}

// Apart from the colours, both are the same text.
TEST(AuditText, colours_move_nothing) {
  const auto without_colours = [](const std::string& coloured) {
    std::string plain;
    for (std::size_t start = 0; start < coloured.size();) {
      const auto end = coloured.find('\n', start);
      plain += clean(coloured.substr(start, end - start)) + "\n";
      start = end + 1;
    }
    return plain;
  };
  const TextStyle style{.colour = true};
  EXPECT_THAT(to_text(refused(), {}, style),
              StartsWith("\x1b[1;31mFAILED\x1b[0m  \x1b[1mts07.corp.example.com:3389\x1b[0m  "));
  EXPECT_EQ(without_colours(to_text(permissive(), {}, style)), to_text(permissive(), {}, {}));
  const std::vector<AuditResult> several{refused(), permissive()};
  EXPECT_EQ(without_colours(to_text(several, {}, style)), to_text(several, {}, {}));
}

TEST(AuditText, nothing_of_the_host_reaches_the_terminal_raw) {
  AuditResult audit = hardened();
  audit.protocols[0].detail = "alert\x1b[2J\nOK  all is well";
  audit.certificate->subject = "CN=\x1b[31m\u00e9";
  const std::string text = to_text(audit, {}, TextStyle{.utf8 = false});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("  rdp         no: alert OK all is well\n"));
  EXPECT_THAT(text, HasSubstr("  subject     CN=?\n"));
  audit = refused();
  audit.failure->detail = "\x1b[31mred\nforged";
  EXPECT_THAT(to_text({audit, audit}, {}, {}),
              HasSubstr("\n  why         connection_refused in connect: red forged\n"));
}

}  // namespace
}  // namespace rdpwatch::report
