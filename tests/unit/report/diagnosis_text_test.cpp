#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/report/text_clean.hpp"
#include "tests/unit/report/diagnoses.hpp"

namespace rdpwatch::report {
namespace {

using diagnosis::Likelihood;
using handshake::FailureReason;
using handshake::Phase;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(DiagnosisText, begins_with_the_answers) {
  DiagnosisReport report = tenth_host();
  report.fleet.last_address = "10.0.0.8";
  EXPECT_THAT(
      to_text(report, {}, {}),
      StartsWith(
          R"(FAILED  ts09.corp.example.com:3389  The host can't use its certificate's private key (likely)
  us or them  them: a host of the same group answers this machine; it points at
              the host
  last good   2026-11-22 12:00:00 UTC
  probed      2026-11-22 14:00:00 UTC, 10.0.0.9:3389, group rdsh-emea, module
              tls

Failure
  reason      connection_reset: the connection was reset (RST)
  phase       tls: TLS handshake and the server's certificate
  detail      reset 12 ms after ClientHello, 0 bytes received
  client      Microsoft's client shows 0x904, extended 0x7: the socket was
              closed: the TCP connection went away, nothing says why (several
              reports)

Siblings
  fine        1 of 2 others of the group answer
  fails too   ts02:3389: timeout in connect

What changed
  address     10.0.0.8 became 10.0.0.9

Likely causes

  1. The host can't use its certificate's private key  likely
  because     4 of 4 connections ended within 12 ms of the ClientHello, without
              one byte of TLS
  more        rdpwatch explain private_key_unreadable

  2. A device in the path cuts TLS  possible
  but         ts01:3389 passed this phase at the same moment
  more        rdpwatch explain inline_device_cuts_tls

To confirm: The host can't use its certificate's private key
  on the host, in an elevated PowerShell: )"));
}

TEST(DiagnosisText, ends_with_the_experiments) {
  EXPECT_THAT(to_text(tenth_host(), {}, {}), EndsWith(
                                                 R"(
Experiments that were made
  fails       the same once more: connection_reset in tls: reset 11 ms after
              ClientHello, 0 bytes received
  passes      a healthy host of the same group, now (ts01:3389): passed in 14 ms
)"));
}

TEST(DiagnosisText, an_experiment_at_another_address_says_where) {
  DiagnosisReport report = tenth_host();
  report.diagnosis.experiments = {{diagnosis::ExperimentKind::other_address, report.result.target,
                                   "10.0.0.10:3389", true, "passed in 14 ms"}};
  EXPECT_THAT(to_text(report, {}, {}), HasSubstr(" (10.0.0.10:3389): passed in 14 ms\n"));
}

TEST(DiagnosisText, commands_stay_whole_line_by_line) {
  EXPECT_THAT(to_text(tenth_host(), {}, TextStyle{.width = 40}), HasSubstr(
                                                                     R"(
      $f = Get-ChildItem C:\ProgramData\Microsoft\Crypto\RSA\MachineKeys\f686aace6942fb7f7ceb231212eef4a4_*
      icacls $f.FullName /grant '*S-1-5-20:R' '*S-1-5-18:F' '*S-1-5-32-544:F'
      Restart-Service SessionEnv -Force; Restart-Service TermService -Force
)"));
}

TEST(DiagnosisText, steps_that_are_left_out_are_counted_where_they_would_stand) {
  DiagnosisReport report = tenth_host();
  EXPECT_THAT(to_text(report, {}, {}), HasSubstr("\n  4 to 9: rdpwatch explain private_key_unreadable\n"));
  report.platform = diagnosis::Platform::azure;
  EXPECT_THAT(to_text(report, {}, {}),
              HasSubstr("\n  4 to 5: rdpwatch explain private_key_unreadable\n  6. Do the steps above "
                        "without Remote Desktop by Run command"));
}

TEST(DiagnosisText, a_cause_that_is_only_possible_has_checks_and_no_fixes) {
  DiagnosisReport report = tenth_host();
  report.diagnosis.causes = {ranked("private_key_unreadable", Likelihood::possible),
                             ranked("no_common_tls", Likelihood::possible)};
  const std::string text = to_text(report, {}, {});
  EXPECT_THAT(text, HasSubstr("\nTo confirm: The host can't use its certificate's private key\n"));
  EXPECT_THAT(text, Not(HasSubstr("To fix it")));
  EXPECT_THAT(text, Not(HasSubstr("To confirm: Client and host")));
}

TEST(DiagnosisText, at_most_two_causes_are_shown_in_full) {
  DiagnosisReport report = tenth_host();
  report.diagnosis.causes = {ranked("private_key_unreadable", Likelihood::likely),
                             ranked("no_common_tls", Likelihood::likely),
                             ranked("server_stalled", Likelihood::likely)};
  const std::string text = to_text(report, {}, {});
  EXPECT_THAT(text, HasSubstr("\nTo confirm: Client and host share no TLS version or cipher\n"));
  EXPECT_THAT(text, HasSubstr("\n  more        rdpwatch explain server_stalled\n"));
  std::size_t sections = 0;
  for (auto at = text.find("\nTo confirm: "); at != std::string::npos;
       at = text.find("\nTo confirm: ", at + 1))
    ++sections;
  EXPECT_EQ(sections, 2U);
}

TEST(DiagnosisText, without_a_known_cause_it_says_so) {
  const std::string text = to_text(report_of(failed(Phase::tls, FailureReason::tls_alert)), {}, {});
  EXPECT_THAT(text, StartsWith("FAILED  ts09:3389  tls_alert in tls\n"));
  EXPECT_THAT(text,
              HasSubstr("  last good   not known to this command; a daemon that watches the host exports\n"
                        "              rdp_probe_last_success_timestamp_seconds\n"));
  EXPECT_THAT(text, EndsWith("\nLikely causes\n  none is known for this; the phase, the reason and the "
                             "client's code above are\n  all there is\n"));
}

TEST(DiagnosisText, a_healthy_host) {
  EXPECT_EQ(to_text(report_of(healthy()), {}, {}),
            "OK  ts09.corp.example.com:3389  nothing is wrong from here\n"
            "  us or them  neither: from here the host answers as it should\n"
            "  probed      2026-11-22 14:00:00 UTC, 10.0.0.9:3389, group rdsh-emea, module\n"
            "              tls\n");
}

TEST(DiagnosisText, a_warning_says_what_it_warns_of) {
  auto result = healthy();
  result.certificate = certificate(12);
  result.certificate->problems.push_back(handshake::CertificateProblem::name_mismatch);
  result.findings = {"of_a_later_version"};
  const std::string text = to_text(report_of(result), {}, {});
  EXPECT_THAT(text, StartsWith("WARNING  "));
  EXPECT_THAT(text, HasSubstr("\n  certificate CN=ts09, 12 days left, name_mismatch\n"));
  EXPECT_THAT(text, EndsWith("\nFindings\n  of_a_later_version\n"));
}

TEST(DiagnosisText, what_was_cut_off_and_what_is_our_own_fault) {
  const std::string cut = to_text(report_of(abandoned()), {}, {});
  EXPECT_THAT(cut, StartsWith("UNKNOWN  ts09:3389  cut off: shutdown\n"
                              "  us or them  not known: the probe was cut off\n"));
  EXPECT_THAT(cut, Not(HasSubstr("Likely causes")));
  const std::string fault =
      to_text(report_of(failed(Phase::connect, FailureReason::local_resources)), {}, {});
  EXPECT_THAT(fault, StartsWith("UNKNOWN  ts09:3389  this machine's fault: local_resources in connect\n"));
  EXPECT_THAT(fault, Not(HasSubstr("Likely causes")));
}

TEST(DiagnosisText, nothing_of_the_host_reaches_the_terminal_raw) {
  DiagnosisReport report = tenth_host();
  report.result.failure->detail = "reset\x1b[2J\nOK";
  report.siblings.back().outcome = "\x1b]0;title\x07timeout";
  report.diagnosis.causes.front().because("it says \x1b[31mred\x07");
  report.diagnosis.experiments.front().outcome =
      "\xc2\x9b"
      "31m\r";
  for (const bool utf8 : {true, false}) {
    const std::string text = to_text(report, {}, TextStyle{.utf8 = utf8});
    for (const char c : text) ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << text;
    EXPECT_THAT(text, HasSubstr("  because     it says red\n"));
  }
}

TEST(DiagnosisText, colours_move_nothing) {
  std::string plain;
  const std::string coloured = to_text(tenth_host(), {}, TextStyle{.colour = true});
  for (std::size_t start = 0; start < coloured.size();) {
    const auto end = coloured.find('\n', start);
    plain += clean(coloured.substr(start, end - start)) + "\n";
    start = end + 1;
  }
  EXPECT_EQ(plain, to_text(tenth_host(), {}, {}));
  EXPECT_NE(plain, coloured);
}

}  // namespace
}  // namespace rdpwatch::report
