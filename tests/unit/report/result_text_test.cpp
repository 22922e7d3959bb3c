#include "daemon/report/result_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/report/failure_section.hpp"
#include "daemon/report/text_clean.hpp"
#include "tests/unit/report/results.hpp"

namespace rdpwatch::report {
namespace {

using handshake::CertificateProblem;
using handshake::FailureReason;
using handshake::Phase;
using testing::HasSubstr;
using testing::Not;

TEST(ResultText, failed) {
  EXPECT_EQ(to_text(reset_after_client_hello(), {}, {}),
            R"(FAILED  ts09.corp.example.com:3389  connection_reset in tls after 36 ms
  address 10.0.0.9:3389, group rdsh-emea, module tls, 2026-11-22 14:00:00 UTC

Why
  reason      connection_reset: the connection was reset (RST)
  phase       tls: TLS handshake and the server's certificate
  detail      reset 12 ms after ClientHello, 0 bytes received
  client      Microsoft's client shows 0x904, extended 0x7: the socket was
              closed: the TCP connection went away, nothing says why (several
              reports)

Phases
  resolve      1.0 ms  █
  connect       11 ms   ███████████████
  negotiate     12 ms                  █████████████████
  tls           12 ms                                   ████████████████  failed

Negotiation
  asked for   ssl, hybrid, hybrid_ex
  selected    TLS with NLA and early authorization (hybrid_ex)

Next
  on the host, in an elevated PowerShell:
    Get-WinEvent -FilterHashtable @{LogName='System';ProviderName='Schannel'} -MaxEvents 20
    36870: the private key can't be used; 36871: no TLS version or credential;
    36874: no common cipher; on Linux read the server's own log
  to narrow it down, with a few connections more:
    rdpwatch diagnose ts09.corp.example.com:3389
  what is known of it:
    rdpwatch explain 0x904 0x7
)");
}

TEST(ResultText, at_most_three_causes_right_after_the_failure) {
  using diagnosis::Likelihood;
  const std::vector<diagnosis::RankedCause> causes{{"private_key_unreadable", Likelihood::decisive, {}, {}},
                                                   {"no_common_tls", Likelihood::likely, {}, {}},
                                                   {"of_a_later_version", Likelihood::possible, {}, {}},
                                                   {"server_stalled", Likelihood::possible, {}, {}}};
  EXPECT_THAT(to_text(reset_after_client_hello(), {}, {}, causes), HasSubstr(R"(
              reports)

Likely causes
  decisive    The host can't use its certificate's private key
  likely      Client and host share no TLS version or cipher
  possible    of_a_later_version

Phases
)"));
}

TEST(ResultText, a_target_is_fit_for_a_shell) {
  auto result = failed(Phase::connect, FailureReason::timeout);
  result.target = "[2001:db8::9]:3390";
  EXPECT_THAT(to_text(result, {}, {}), HasSubstr("\n    rdpwatch diagnose '[2001:db8::9]:3390'\n"));
}

TEST(ResultText, healthy_in_ascii) {
  auto result = healthy();
  result.certificate->sans = {"DNS:ts09", "IP:10.0.0.9"};
  result.findings = {"nla_not_required", "of_a_later_version"};
  result.addresses = {"10.0.0.9", "10.0.0.10"};
  EXPECT_EQ(to_text(result, {}, TextStyle{.utf8 = false, .width = 70}),
            R"(OK  ts09.corp.example.com:3389  handshake in 41 ms
  address 10.0.0.9:3389 (of 2), group rdsh-emea, module tls,
  2026-11-22 14:00:00 UTC

Phases
  resolve      1.0 ms  #
  connect       11 ms   ##########
  negotiate     12 ms             ############
  tls           17 ms                         ################

Negotiation
  asked for   ssl, hybrid, hybrid_ex
  selected    TLS with NLA and early authorization (hybrid_ex)

TLS
  agreed on   TLSv1.2, ECDHE-RSA-AES256-GCM-SHA384, x25519, modern
              profile

Certificate
  subject     CN=ts09
  issuer      CN=ts09
  names       DNS:ts09, IP:10.0.0.9
  valid       2026-08-24 to 2027-02-23, 93.2 days left
  key         RSA 2048 bits, signed with sha256WithRSAEncryption
  sha256      9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  note        self_signed: issued by itself: normal for a Windows host
              outside a PKI, but nobody vouches for it

Findings
  nla_not_required: the host lets clients in without Network Level
  Authentication, so a session starts before anyone has logged on;
  require NLA on the host (UserAuthentication=1), where the server can
  do it
  of_a_later_version
)");
}

TEST(ResultText, earlier_attempts_and_certificate_problems) {
  auto result = healthy();
  result.certificate = certificate(5);
  result.certificate->problems = {CertificateProblem::name_mismatch};
  result.negotiation->attempts = {
      {0x0B, handshake::TlsProfile::modern, Phase::negotiate, FailureReason::ssl_not_allowed_by_server,
       "code 2"},
      {0x01, handshake::TlsProfile::modern, Phase::tls, FailureReason::tls_alert, "protocol_version (70)"}};
  result.not_applicable = {{Phase::nla, "the host offers no CredSSP"}};
  const std::string text = to_text(result, {}, {});
  EXPECT_THAT(text, testing::StartsWith("CRITICAL  ts09.corp.example.com:3389  handshake in 41 ms\n"));
  EXPECT_THAT(text, HasSubstr("  also tried  asked for ssl, hybrid, hybrid_ex: ssl_not_allowed_by_server in\n"
                              "              negotiate (code 2)\n"
                              "  also tried  asked for ssl, modern TLS: tls_alert in tls (protocol_version\n "
                              "             (70))\n"));
  EXPECT_THAT(text, HasSubstr("  valid       2026-08-24 to 2026-11-27, 5 days left (critical)\n"));
  EXPECT_THAT(text,
              HasSubstr("  problem     name_mismatch: it does not carry the name that the host was asked\n"));
  EXPECT_THAT(text, HasSubstr("Not applicable\n  nla         the host offers no CredSSP\n"));
}

TEST(ResultText, fault_of_our_own_and_cut_off) {
  const std::string text = to_text(failed(Phase::connect, FailureReason::local_resources), {}, {});
  EXPECT_THAT(text,
              testing::StartsWith("UNKNOWN  ts09:3389  this machine's fault: local_resources in connect\n"
                                  "  module tls, 2026-11-22 14:00:00 UTC\n"));
  EXPECT_THAT(text, HasSubstr("  here:\n    ip route get ts09; ulimit -n\n"));
  EXPECT_THAT(text, Not(HasSubstr("rdpwatch diagnose"))) << "no diagnosis of a host finds our own fault";
  EXPECT_EQ(to_text(abandoned(), {}, {}),
            "UNKNOWN  ts09:3389  cut off: shutdown\n  module tls, 2026-11-22 14:00:00 UTC\n");
}

TEST(ResultText, colours_only_where_asked_for) {
  EXPECT_THAT(to_text(reset_after_client_hello(), {}, {}), Not(HasSubstr("\x1b")));
  const std::string text = to_text(reset_after_client_hello(), {}, TextStyle{.colour = true});
  EXPECT_THAT(text,
              testing::StartsWith("\x1b[1;31mFAILED\x1b[0m  \x1b[1mts09.corp.example.com:3389\x1b[0m  "));
}

// Apart from the colours, both are the same text.
TEST(ResultText, colours_move_nothing) {
  for (const auto& result : {healthy(), reset_after_client_hello()}) {
    std::string plain;
    std::string coloured = to_text(result, {}, TextStyle{.colour = true});
    for (std::size_t start = 0; start < coloured.size();) {
      const auto end = coloured.find('\n', start);
      plain += clean(coloured.substr(start, end - start)) + "\n";
      start = end + 1;
    }
    EXPECT_EQ(plain, to_text(result, {}, {}));
  }
}

TEST(ResultText, nothing_of_the_host_reaches_the_terminal_raw) {
  auto result = healthy();
  result.failure =
      handshake::Failure{Phase::tls, FailureReason::tls_alert, "alert\x1b[2J\nOK  all is well", 40};
  result.verdict = handshake::Verdict::failure;
  result.certificate->subject =
      "CN=\x1b]0;title\x07ts\xe2\x80\xae"
      "09\xff";
  result.certificate->issuer =
      "CN=\xc2\x9b"
      "31m";
  result.certificate->sans = {"DNS:a\rb"};
  result.findings = {"\x1b[1mbold"};
  result.not_applicable = {{Phase::nla, "why\b"}};
  result.target = "ts\x1b[31m:1";
  for (const bool utf8 : {true, false}) {
    const std::string text = to_text(result, {}, TextStyle{.utf8 = utf8});
    for (const char c : text) ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << text;
    EXPECT_THAT(text, HasSubstr("detail      alert OK all is well"));
    EXPECT_THAT(text, HasSubstr(utf8 ? "CN=ts09\xef\xbf\xbd" : "CN=ts09?"));
    EXPECT_THAT(text, HasSubstr("CN=31m"));
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
  }
}

TEST(ResultText, waterfall_with_no_time_and_with_much) {
  using namespace std::chrono_literals;
  auto result = failed(Phase::negotiate, FailureReason::timeout);
  result.phases = {{Phase::resolve, 0ms}, {Phase::connect, 0ms}, {Phase::negotiate, 0ms}};
  EXPECT_THAT(to_text(result, {}, TextStyle{.utf8 = false}),
              HasSubstr("  connect      0.0 ms  #\n  negotiate    0.0 ms  #  failed\n"));
  result.phases = {{Phase::resolve, 1ms}, {Phase::connect, 1ms}, {Phase::negotiate, 5s}};
  EXPECT_THAT(to_text(result, {}, TextStyle{.utf8 = false, .width = 50}),
              HasSubstr("  connect      1.0 ms  #\n  negotiate     5.0 s  ###################  failed\n"));
}

TEST(SplitTarget, hosts_and_ports) {
  EXPECT_EQ(split_target("ts09:3390").host, "ts09");
  EXPECT_EQ(split_target("ts09:3390").port, 3390);
  EXPECT_EQ(split_target("[fe80::1]:3389").host, "fe80::1");
  EXPECT_EQ(split_target("ts09").host, "ts09");
  EXPECT_EQ(split_target("ts09").port, 3389);
  EXPECT_EQ(split_target("ts09:port").host, "ts09:port");
  EXPECT_EQ(split_target("ts09:99999").port, 3389);
}

}  // namespace
}  // namespace rdpwatch::report
