#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "daemon/pages/group_columns.hpp"
#include "daemon/pages/group_page.hpp"
#include "daemon/pages/groups_page.hpp"
#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::pages {
namespace {

using namespace fleet::test;
namespace json = boost::json;
using handshake::FailureReason;
using handshake::Phase;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kLookedAt = kLastRun + 60;
constexpr std::uint32_t kSsl = 1;
constexpr std::uint32_t kHybrid = 2;

api::RowContext context_of(const std::vector<fleet::StatePtr>& fleet) {
  return {at(kLookedAt), std::make_shared<const fleet::FleetJudgement>(fleet, at(kLookedAt - 5))};
}

fleet::TargetState failing_member(const std::string& name, const std::string& group, Phase phase,
                                  FailureReason reason) {
  auto state = down(name, kLastRun - 600, group);
  state.last_result = std::make_shared<const handshake::ProbeResult>(failure(phase, reason));
  return state;
}

fleet::TargetState secured(fleet::TargetState state, std::uint32_t selected, handshake::TlsVersion version) {
  auto result = success();
  result.negotiation.emplace();
  result.negotiation->selected = selected;
  result.tls.emplace();
  result.tls->version = version;
  state.last_result = std::make_shared<const handshake::ProbeResult>(result);
  return state;
}

std::vector<std::string> values_under(const json::value& rows, std::string_view key) {
  std::vector<std::string> out;
  for (const auto& row : rows.as_array()) out.emplace_back(row.at(key).as_string());
  return out;
}

std::string html_of(Page page, const std::string& path) {
  return html_answer(std::move(page), {"1.2.3", at(kLookedAt)}, path).body;
}

TEST(GroupsPage, TheMostFailingComesFirst) {
  const auto fleet = fleet_of({up("a1", "a"), unknown("b1", "b"),
                               failing_member("c1", "c", Phase::tls, FailureReason::timeout),
                               failing_member("d1", "d", Phase::tls, FailureReason::timeout),
                               failing_member("d2", "d", Phase::connect, FailureReason::timeout),
                               failing_member("d3", "d", Phase::connect, FailureReason::timeout)});
  const auto page = groups_page(fleet, context_of(fleet), {});
  EXPECT_THAT(values_under(page.model.at("rows"), "group_name"), ElementsAre("d", "c", "b", "a"));
  const auto& worst = page.model.at("rows").at(0).as_object();
  EXPECT_EQ(worst.at("group_total"), 3u);
  EXPECT_EQ(worst.at("group_failing"), 3u);
  EXPECT_EQ(worst.at("group_down"), 3u);
  EXPECT_EQ(worst.at("group_up"), 0u);
  EXPECT_EQ(worst.at("group_reason").at("reason_name"), "timeout");
  EXPECT_EQ(worst.at("group_reason").at("reason_phase"), "connect");
  EXPECT_EQ(worst.at("group_reason").at("reason_targets"), 2u);
  EXPECT_EQ(worst.at("group_reason").at("reason_link"), "targets?group=d&phase=connect&reason=timeout");
  const auto text = html_of(groups_page(fleet, context_of(fleet), {}), "/groups");
  EXPECT_THAT(text, HasSubstr("<th scope=\"row\"><a href=\"./groups/d\">d</a></th>"));
  EXPECT_THAT(text, Not(HasSubstr("role=\"search\"")));
}

TEST(GroupsPage, AHundredAPageAndAFilter) {
  std::vector<fleet::TargetState> states;
  for (int i = 100; i < 205; ++i) states.push_back(up("h" + std::to_string(i), "Group" + std::to_string(i)));
  const auto fleet = fleet_of(std::move(states));
  const auto first = groups_page(fleet, context_of(fleet), {});
  EXPECT_EQ(first.model.at("rows").as_array().size(), 100u);
  EXPECT_EQ(first.model.at("pager").at("pager_next"), "groups?page=2");
  EXPECT_EQ(first.model.at("can_filter"), true);
  const auto second = groups_page(fleet, context_of(fleet), {{"page", "2"}});
  EXPECT_EQ(second.model.at("rows").as_array().size(), 5u);
  EXPECT_EQ(second.model.at("pager").at("pager_previous"), "groups?page=1");
  const auto filtered = groups_page(fleet, context_of(fleet), {{"q", "group20"}, {"page", ""}});
  EXPECT_EQ(filtered.model.at("rows").as_array().size(), 5u);
}

TEST(GroupsPage, OtherParametersAreRefused) {
  const auto page = groups_page({}, context_of({}), {{"stat", "down"}});
  EXPECT_EQ(page.status, 400u);
  EXPECT_EQ(page.model.at("fault_what"), "there is no parameter 'stat'");
  EXPECT_EQ(page.model.at("fault_allowed"), json::parse(R"(["q", "page"])"));
  EXPECT_EQ(groups_page({}, context_of({}), {{"page", "0"}}).status, 400u);
}

TEST(GroupsPage, ANameIsTextAndItsLinkIsEncoded) {
  const auto fleet = fleet_of({up("a1", "<script>'\"&\xFF")});
  const auto text = html_of(groups_page(fleet, context_of(fleet), {}), "/groups");
  EXPECT_THAT(
      text,
      HasSubstr(
          "<a href=\"./groups/~3cscript~3e~27~22~26~ff\">&lt;script&gt;&#39;&quot;&amp;\xEF\xBF\xBD</a>"));
  EXPECT_THAT(text, Not(HasSubstr("<script>'")));
}

TEST(MajorityOf, IsMoreThanHalfOfAtLeastThree) {
  EXPECT_FALSE(majority_of({}));
  EXPECT_FALSE(majority_of({{"x", 2}}));
  EXPECT_FALSE(majority_of({{"x", 2}, {"y", 2}}));
  const auto found = majority_of({{"x", 1}, {"y", 3}, {"z", 1}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value, "y");
  EXPECT_EQ(found->agree, 3u);
  EXPECT_EQ(found->all, 5u);
}

TEST(GroupPage, WhatDiffersFromTheMajorityIsMarkedWithASentence) {
  auto states = numbered(
      1, 3, [](const auto& name) { return secured(up(name), kHybrid, handshake::TlsVersion::tls12); });
  states.push_back(secured(up("ts04"), kSsl, handshake::TlsVersion::tls12));
  const auto fleet = fleet_of(std::move(states));
  const auto page = group_page("a", fleet, context_of(fleet), {});
  EXPECT_EQ(page.title, "Group a");
  EXPECT_THAT(values_under(page.model.at("columns"), "column_title"), ElementsAre("TLS", "Protocol", "NLA"));
  EXPECT_EQ(page.model.at("rows").at(3).at("cells"), json::parse(R"([
    {"cell_title": "TLS", "cell_class": "text", "cell_text": "TLSv1.2"},
    {"cell_title": "Protocol", "cell_class": "text", "cell_odd": true, "cell_why": "3 of 4 have hybrid", "cell_text": "ssl"},
    {"cell_title": "NLA", "cell_class": "text", "cell_odd": true, "cell_why": "3 of 4 have chosen", "cell_text": "not chosen"}])"));
  EXPECT_FALSE(page.model.at("rows").at(0).at("cells").at(1).as_object().contains("cell_odd"));
  const auto text = html_of(group_page("a", fleet, context_of(fleet), {}), "/groups/a");
  EXPECT_THAT(text,
              HasSubstr("<td data-title=\"Protocol\" class=\"text\"><span class=\"odd\">≠ ssl</span><br>"
                        "<small>3 of 4 have hybrid</small></td>"));
  EXPECT_THAT(text, HasSubstr("<td data-title=\"Protocol\" class=\"text\">hybrid</td>"));
  EXPECT_THAT(text, HasSubstr("<a href=\"../targets?group=a\">"));
}

TEST(GroupPage, TheJudgementsOutliersHaveItsSentence) {
  auto states = numbered(1, 9, [](const auto& name) {
    return with_tls(up(name), {milliseconds(14), milliseconds(14), milliseconds(14)});
  });
  states.push_back(with_tls(up("ts10"), {milliseconds(812), milliseconds(812), milliseconds(812)}));
  states.push_back(failing_member("ts11", "a", Phase::tls, FailureReason::connection_reset));
  const auto fleet = fleet_of(std::move(states));
  const auto page = group_page("a", fleet, context_of(fleet), {});
  const auto& rows = page.model.at("rows").as_array();
  EXPECT_EQ(rows[0].at("target"), "ts11") << "the worst first";
  EXPECT_EQ(rows[0].at("alone"), "it is down, and 10 of the 10 others in the group are up");
  EXPECT_EQ(rows[10].at("target"), "ts10");
  EXPECT_EQ(rows[10].at("cells").at(0), json::parse(R"({"cell_title": "tls", "cell_class": "number",
    "cell_text": "812 ms", "cell_odd": true, "cell_why": "tls takes 812 ms, the group's median is 14 ms"})"));
  EXPECT_EQ(page.model.at("reason_counts").at(0).at("reason_link"),
            "targets?group=a&phase=tls&reason=connection_reset");
}

TEST(GroupPage, CertificatesThatEndSoonSaySo) {
  auto state = with_certificate(up("ts01"), "CA", 100);
  handshake::CertificateFacts facts = *state.certificate;
  facts.not_after = at(kLookedAt) + std::chrono::days(5);
  state.certificate = std::make_shared<const handshake::CertificateFacts>(facts);
  const auto fleet = fleet_of({state});
  const auto cells = group_page("a", fleet, context_of(fleet), {}).model.at("rows").at(0).at("cells");
  EXPECT_EQ(cells, json::parse(R"([
    {"cell_title": "Certificate", "cell_class": "number life-soon", "cell_text": "5 days left"},
    {"cell_title": "Issuer", "cell_class": "text", "cell_text": "CA"}])"));
}

TEST(GroupPage, AHundredMembersAPage) {
  std::vector<fleet::TargetState> states;
  for (int i = 100; i < 203; ++i) states.push_back(up("h" + std::to_string(i), "a/b"));
  const auto fleet = fleet_of(std::move(states));
  const auto second = group_page("a/b", fleet, context_of(fleet), {{"page", "2"}});
  EXPECT_THAT(values_under(second.model.at("rows"), "target"), ElementsAre("h200", "h201", "h202"));
  EXPECT_EQ(second.model.at("pager").at("pager_previous"), "groups/a~2fb?page=1");
  EXPECT_EQ(group_page("a/b", fleet, context_of(fleet), {{"per_page", "5"}}).status, 400u);
}

TEST(GroupPage, AGroupWithoutMembersIsNotThere) {
  const auto page = group_page("<b>", {}, context_of({}), {});
  EXPECT_EQ(page.status, 404u);
  EXPECT_THAT(html_of(group_page("<b>", {}, context_of({}), {}), "/groups/~3cb~3e"),
              HasSubstr("there is no group &#39;&lt;b&gt;&#39;"));
}

}  // namespace
}  // namespace rdpwatch::pages
