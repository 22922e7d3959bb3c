#include "daemon/report/host_sections.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/report/result_text.hpp"
#include "tests/unit/report/results.hpp"

namespace rdpwatch::report {
namespace {

using handshake::NlaFacts;
using handshake::NlaOutcome;
using testing::HasSubstr;
using testing::Not;

TEST(HostSections, stand_between_certificate_and_findings) {
  auto result = healthy_with_nla();
  result.findings = {"clock_skew"};
  result.host->clock_skew = handshake::Seconds(7200.3);
  EXPECT_THAT(to_text(result, {}, {}), HasSubstr(R"(
NLA
  answer      the host said who it is (challenge), CredSSP version 6

Host
  computer    TS09, ts09.corp.example.com
  domain      CORP, corp.example.com
  system      Windows Server 2022 (10.0.20348)
  clock       2 h 0 min ahead of this machine

Findings
  clock_skew: the host's clock and this machine's differ by more than 5 minutes,
)"));
  EXPECT_THAT(to_text(result, {}, {}), Not(HasSubstr("Session")));
  EXPECT_THAT(to_text(healthy_with_licensing(), {}, {}), HasSubstr(R"(
Session
  protocol    RDP 10.12
  encryption  by TLS
  licences    the host asks for this client's licence (license_request)
  licensed by Microsoft Corporation, A02
  for         microsoft.com
)"));
}

TEST(HostSections, nothing_where_nothing_was_observed) {
  EXPECT_EQ(nla_lines({}, healthy()), "");
  EXPECT_EQ(host_lines({}, healthy()), "");
  EXPECT_EQ(session_lines({}, healthy()), "");
  auto result = healthy();
  result.nla.emplace();
  result.host.emplace();
  EXPECT_EQ(nla_lines({}, result), "") << "what does not apply has a section of its own";
  EXPECT_EQ(host_lines({}, result), "");
  EXPECT_THAT(to_text(result, {}, {}), Not(HasSubstr("NLA\n  answer")));
  EXPECT_THAT(to_text(result, {}, {}), Not(HasSubstr("\nHost\n")));
}

TEST(HostSections, answers_to_nla) {
  auto result = healthy();
  result.nla = NlaFacts{NlaOutcome::ntlm_refused, 6, 0xC0000418U};
  EXPECT_EQ(nla_lines({}, result),
            "  answer      the host refuses NTLM (ntlm_refused), STATUS_NTLM_BLOCKED\n"
            "              (0xc0000418), CredSSP version 6\n");
  result.nla = NlaFacts{NlaOutcome::closed_on_negotiate, std::nullopt, std::nullopt};
  EXPECT_EQ(nla_lines({}, result),
            "  answer      the host closed the connection instead (closed_on_negotiate)\n");
  result.nla = NlaFacts{NlaOutcome::error_code, 2, 0xC0DEU};
  EXPECT_EQ(nla_lines({}, result),
            "  answer      the host reported an error (error_code), 0x0000c0de, CredSSP\n"
            "              version 2\n");
}

TEST(HostSections, a_host_that_is_not_whom_the_inventory_means) {
  auto result = healthy_with_nla();
  result.host->dns_computer = "ts19.corp.example.com";
  result.host->dns_forest = "example.com";
  result.host->os_name.clear();
  result.host->clock_skew.reset();
  result.host->name_mismatch = true;
  EXPECT_EQ(host_lines({}, result), R"(  computer    TS09, ts19.corp.example.com
  domain      CORP, corp.example.com
  forest      example.com
  system      build 10.0.20348
  problem     it does not call itself ts09.corp.example.com
)");
}

TEST(HostSections, standard_rdp_security_and_a_changed_request) {
  auto result = healthy_with_licensing();
  result.tls.reset();
  result.mcs = handshake::McsFacts{0x00080004, 0x00, 0x02, 2, 512};
  result.licensing.reset();
  EXPECT_EQ(session_lines({}, result), R"(  protocol    RDP 5.0 to 8.1
  problem     the host heard a request for rdp, and ssl was sent
  encryption  128-bit RC4, level client_compatible
  key         RSA 512 bits
)");
}

TEST(HostSections, licences_that_nobody_asks_for) {
  auto result = healthy();
  result.licensing.emplace();
  EXPECT_EQ(session_lines({}, result),
            "  licences    the host lets this client in without one (valid_client)\n");
  result.licensing->outcome = handshake::LicensingOutcome::demand_active;
  EXPECT_EQ(session_lines({}, result),
            "  licences    not a word: the host went on to the session (demand_active)\n");
}

TEST(HostSections, nothing_of_the_host_reaches_the_terminal_raw) {
  auto result = healthy_with_nla();
  result.host->netbios_computer = "TS\x1b[31m09";
  result.host->os_name = "Win\ndows";
  EXPECT_THAT(host_lines({}, result), HasSubstr("  computer    TS09, ts09.corp.example.com\n"));
  EXPECT_THAT(host_lines({}, result), HasSubstr("  system      Win dows (10.0.20348)\n"));
}

}  // namespace
}  // namespace rdpwatch::report
