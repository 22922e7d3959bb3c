#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(DiagnosisMarkdown, begins_with_the_answers) {
  EXPECT_THAT(
      to_markdown(tenth_host(), {}),
      StartsWith(
          R"(# ts09.corp.example.com:3389: FAILED: The host can't use its certificate's private key (likely)

- **Us or them:** them: a host of the same group answers this machine; it points at the host
- **Last good:** 2026-11-22 12:00:00 UTC
- **Probed:** 2026-11-22 14:00:00 UTC, 10.0.0.9:3389, module tls
- **Failure:** connection\_reset in tls: reset 12 ms after ClientHello, 0 bytes received
- **A user of Microsoft's client sees:** 0x904/0x7 (several reports)
- **Siblings:** 1 of 2 others of the group answer
- **Fails too:** ts02:3389: timeout in connect

## Likely causes

### The host can't use its certificate's private key (likely)

- **because:** 4 of 4 connections ended within 12 ms of the ClientHello, without one byte of TLS

To confirm:

- on the host, in an elevated PowerShell: )"));
}

TEST(DiagnosisMarkdown, ends_with_the_experiments) {
  EXPECT_THAT(to_markdown(tenth_host(), {}), EndsWith(
                                                 R"(
### A device in the path cuts TLS (possible)

- **but:** ts01:3389 passed this phase at the same moment

## Experiments

| tried | outcome |
|---|---|
| the same once more | connection\_reset in tls: reset 11 ms after ClientHello, 0 bytes received |
| a healthy host of the same group, now (ts01:3389) | passed in 14 ms |
)"));
}

TEST(DiagnosisMarkdown, commands_stay_whole_line_by_line) {
  EXPECT_THAT(to_markdown(tenth_host(), {}), HasSubstr(
                                                 R"(
  ```
  $f = Get-ChildItem C:\ProgramData\Microsoft\Crypto\RSA\MachineKeys\f686aace6942fb7f7ceb231212eef4a4_*
  icacls $f.FullName /grant '*S-1-5-20:R' '*S-1-5-18:F' '*S-1-5-32-544:F'
  Restart-Service SessionEnv -Force; Restart-Service TermService -Force
  ```
)"));
}

TEST(DiagnosisMarkdown, fixes_are_those_of_the_platform) {
  DiagnosisReport report = tenth_host();
  EXPECT_THAT(to_markdown(report, {}), HasSubstr(" (AWS)"));
  report.platform = diagnosis::Platform::azure;
  EXPECT_THAT(to_markdown(report, {}), HasSubstr(" (Azure)"));
  EXPECT_THAT(to_markdown(report, {}), Not(HasSubstr(" (AWS)")));
}

TEST(DiagnosisMarkdown, nothing_of_the_host_becomes_markup) {
  auto result = failed(Phase::negotiate, FailureReason::not_rdp);
  result.target = "a_b:1";
  result.failure->detail =
      "got <img src=x> [click](https://evil.example) www.evil.example\n# heading | `x` @all &lt; ~~";
  DiagnosisReport report = report_of(result);
  auto cause = ranked("wrong_service", Likelihood::likely);
  cause.because("it said *\x1b[31mSSH*");
  report.diagnosis.causes = {cause};
  const std::string text = to_markdown(report, {});
  EXPECT_THAT(text, StartsWith("# a\\_b:1: FAILED: "));
  EXPECT_THAT(
      text,
      HasSubstr(
          R"(- **Failure:** not\_rdp in negotiate: got \<img src=x\> \[click\](https\://evil.example) www\.evil.example \# heading \| \`x\` \@all \&lt; \~\~
)"));
  EXPECT_THAT(text, HasSubstr("- **because:** it said \\*SSH\\*\n"));
}

TEST(DiagnosisMarkdown, without_causes_it_says_what_failed) {
  const std::string text = to_markdown(report_of(failed(Phase::tls, FailureReason::tls_alert)), {});
  EXPECT_THAT(text, StartsWith("# ts09:3389: FAILED: tls\\_alert in tls\n"));
  EXPECT_THAT(text, Not(HasSubstr("## Likely causes")));
  EXPECT_THAT(text, Not(HasSubstr("## Experiments")));
}

TEST(DiagnosisMarkdown, a_certificate_that_runs_out_is_named) {
  auto result = healthy();
  result.certificate = certificate(5);
  EXPECT_THAT(to_markdown(report_of(result), {}),
              AllOf(StartsWith("# ts09.corp.example.com:3389: CRITICAL: nothing is wrong from here\n"),
                    HasSubstr("- **Certificate:** CN=ts09, 5 days left\n")));
}

}  // namespace
}  // namespace rdpwatch::report
