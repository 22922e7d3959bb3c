#include "daemon/pages/security_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/pages/security_summary.hpp"
#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::pages {
namespace {

using namespace fleet::test;
using fleet::TargetState;
using handshake::Posture;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TargetState with_windows_build(TargetState state, const std::string& build, const std::string& os_name) {
  handshake::HostFacts host;
  host.os_build = build;
  host.os_name = os_name;
  state.host = std::make_shared<const handshake::HostFacts>(std::move(host));
  return state;
}

TargetState with_selected(TargetState state, std::uint32_t selected, std::vector<std::string> findings = {}) {
  auto result = success();
  result.negotiation.emplace();
  result.negotiation->requested = 0x0B;
  result.negotiation->selected = selected;
  result.findings = std::move(findings);
  state.last_result = std::make_shared<const handshake::ProbeResult>(std::move(result));
  return state;
}

std::string security_html(const std::vector<fleet::StatePtr>& fleet) {
  return html_answer(security_page(fleet, at(kLastRun), {}), {"1", at(kLastRun)}, "/security").body;
}

TEST(SecurityPage, EveryTargetHasOneAnswerToEachQuestion) {
  const auto summary = security_of(fleet_of({with_selected(up("a"), 0x08), with_selected(up("b"), 0x01),
                                             with_selected(up("c"), 0x00), unknown("d")}),
                                   at(kLastRun));
  const auto count = [&summary](Posture posture) {
    return summary.postures[static_cast<std::size_t>(posture)];
  };
  EXPECT_EQ(count(Posture::nla_offered), 1u);
  EXPECT_EQ(count(Posture::nla_not_offered), 2u);
  EXPECT_EQ(count(Posture::nla_not_observed), 1u);
  EXPECT_EQ(count(Posture::rdp_security_accepted), 1u);
  EXPECT_EQ(count(Posture::rdp_security_not_observed), 3u);
  EXPECT_EQ(count(Posture::old_tls_not_observed), 4u);
}

TEST(SecurityPage, AnswersAndFindingsLeadToTheHosts) {
  const std::string shown = security_html(fleet_of({with_selected(up("b"), 0x01, {"nla_not_required"})}));
  EXPECT_THAT(shown, HasSubstr("<td class=\"number bad\"><a href=\"./targets?security=nla_not_offered\""));
  EXPECT_THAT(shown, HasSubstr("<a href=\"./targets?finding=nla_not_required\">nla_not_required</a>"));
  EXPECT_THAT(shown, HasSubstr("require NLA on the host (UserAuthentication=1)"));
  EXPECT_THAT(shown, HasSubstr("Not observed is not fine"));
  EXPECT_THAT(shown, HasSubstr("No target was audited."));
}

TEST(SecurityPage, BuildsAreByNumberTheOldestFirst) {
  EXPECT_THAT(build_numbers("10.0.9200"), ElementsAre(10u, 0u, 9200u));
  EXPECT_THAT(build_numbers("10.x"), IsEmpty());
  EXPECT_THAT(build_numbers(""), IsEmpty());
  const auto page =
      security_page(fleet_of({with_windows_build(up("a"), "10.0.20348", "Windows Server 2022"),
                              with_windows_build(up("b"), "10.0.9200", ""),
                              with_windows_build(up("c"), "10.0.20348", "Windows Server 2022"),
                              with_windows_build(up("d"), "6.3.9600", "Windows Server 2012 R2"), up("e")}),
                    at(kLastRun), {});
  std::vector<std::string> builds;
  for (const auto& row : page.model.at("builds").as_array()) builds.emplace_back(row.at("build").as_string());
  EXPECT_THAT(builds, ElementsAre("6.3.9600", "10.0.9200", "10.0.20348"));
  EXPECT_EQ(page.model.at("builds").at(2).at("build_hosts").as_uint64(), 2u);
  EXPECT_EQ(page.model.at("without_build").as_uint64(), 1u);
}

TEST(SecurityPage, AuditsSayHowManyAndWhen) {
  auto state = up("a");
  auto audited = audit(true, 5);
  audited.started = at(kLastRun - 7200);
  state.audit = std::make_shared<const handshake::AuditResult>(std::move(audited));
  const std::string shown = security_html(fleet_of({state, up("b")}));
  EXPECT_THAT(
      shown, HasSubstr("Targets that were audited: 1, the last one <time datetime=\"1970-01-12T11:46:40Z\""));
  EXPECT_THAT(shown, HasSubstr("2 h 0 min ago</time>. Not audited: 1."));
  EXPECT_THAT(shown, HasSubstr("<td class=\"number good\"><a href=\"./targets?security=nla_required\""));
}

TEST(SecurityPage, HostileTextIsText) {
  const std::string shown = security_html(fleet_of({with_windows_build(up("a"), "<b>&\"'", "<i>")}));
  EXPECT_THAT(shown, HasSubstr("&lt;b&gt;&amp;&quot;&#39;"));
  EXPECT_THAT(shown, HasSubstr("href=\"./targets?os_build=%3Cb%3E%26%22%27\""));
  EXPECT_THAT(shown, Not(HasSubstr("<i>")));
}

TEST(SecurityPage, TakesNoParameter) {
  EXPECT_EQ(security_page({}, at(kLastRun), {{"x", "1"}}).status, 400u);
  EXPECT_EQ(security_page({}, at(kLastRun), {{"x", ""}}).status, 200u);
}

}  // namespace
}  // namespace rdpwatch::pages
