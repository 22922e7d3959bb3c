#include "daemon/pages/overview_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "daemon/pages/fleet_summary.hpp"
#include "daemon/pages/target_row.hpp"
#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using namespace fleet::test;
using fleet::TargetState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kViewed = kLastRun + 60;

TargetState reset_in_tls(TargetState state, const std::string& detail = "") {
  auto result = failure(handshake::Phase::tls, handshake::FailureReason::connection_reset);
  result.failure->detail = detail;
  result.duration = milliseconds(20);
  state.last_result = std::make_shared<const handshake::ProbeResult>(std::move(result));
  diagnosis::Diagnosis diagnosis;
  diagnosis.causes.push_back({"private_key_unreadable", diagnosis::Likelihood::likely, {}, {}});
  state.diagnosis = std::make_shared<const diagnosis::Diagnosis>(std::move(diagnosis));
  return state;
}

/// Nine that answer and the tenth.
std::vector<TargetState> ten_servers() {
  return numbered(1, 9, [](const std::string& name) { return up(name); }) +
         std::vector<TargetState>{
             reset_in_tls(down("ts10", kLastRun - 1800), "reset 12 ms after ClientHello")};
}

struct Seen {
  json::object model;
  std::string html;
};

Seen see(std::vector<TargetState> states, const metrics::SelfStatus& self = {.reload_successful = true,
                                                                             .last_reload_success = {},
                                                                             .targets_by_source = {},
                                                                             .in_flight = 3,
                                                                             .held_changes = 0}) {
  const auto fleet = fleet_of(std::move(states));
  const api::RowContext context{at(kViewed), std::make_shared<fleet::FleetJudgement>(fleet, at(kViewed))};
  Seen seen;
  seen.model = overview_page(fleet, context, self).model;
  seen.html = html_answer(overview_page(fleet, context, self), {"1.2.3", at(kViewed)}, "/").body;
  return seen;
}

std::vector<std::string> values_of_rows(const json::value& rows, std::string_view key) {
  std::vector<std::string> out;
  for (const auto& row : rows.as_array()) out.emplace_back(row.as_object().at(key).as_string());
  return out;
}

TEST(OverviewPage, TheTenthServerIsToldWhole) {
  const Seen seen = see(ten_servers());
  EXPECT_THAT(
      seen.html,
      HasSubstr("<p class=\"banner good\" role=\"status\">It is not us: nothing points at the prober.</p>"));
  EXPECT_THAT(values_of_rows(seen.model.at("worst"), "target"), ElementsAre("ts10"));
  EXPECT_THAT(seen.html, HasSubstr("<a href=\"./targets/ts10\">ts10</a>"));
  EXPECT_THAT(
      seen.html,
      HasSubstr("<strong>connection_reset</strong> in <strong>tls</strong>: reset 12 ms after ClientHello"));
  EXPECT_THAT(seen.html, HasSubstr("<dd><code>0x904/0x7</code></dd>"));
  EXPECT_THAT(seen.html, HasSubstr("<dd>9 of 9 others of the group fine</dd>"));
  EXPECT_THAT(seen.html, HasSubstr("<a href=\"./causes/private_key_unreadable\">"));
  EXPECT_THAT(seen.html, HasSubstr("<dt>Since</dt><dd><time datetime=\"1970-01-12T13:16:40Z\">1970-01-12 "
                                   "13:16:40 UTC</time>, 31 min</dd>"));
  EXPECT_THAT(seen.html, HasSubstr("<pre class=\"command\" tabindex=\"0\""));
  EXPECT_THAT(seen.html, HasSubstr("<strong>1</strong> <span>down</span>"));
  EXPECT_THAT(seen.html, HasSubstr("<strong>9</strong> <span>up</span>"));
}

TEST(OverviewPage, WhatFailsAloneComesBeforeWhatFailsTogether) {
  const auto of_site = [](const std::string& name) {
    return with_label(reset_in_tls(down("fra-" + name, kLastRun - 3600, "b")), "site", "fra1");
  };
  const Seen seen = see(ten_servers() + numbered(1, 12, of_site));
  EXPECT_EQ(values_of_rows(seen.model.at("worst"), "target").front(), "ts10")
      << "it went down later than the others";
  EXPECT_EQ(values_of_rows(seen.model.at("worst"), "target").size(), kWorstHosts);
  EXPECT_THAT(seen.html, HasSubstr("<strong>site fra1</strong>: 12 hosts since"));
  EXPECT_THAT(seen.html, HasSubstr("All 13 that are down or flapping"));
}

TEST(OverviewPage, AHealthyFleetSaysSo) {
  const Seen seen = see(numbered(1, 3, [](const std::string& name) { return up(name); }));
  EXPECT_THAT(seen.html, HasSubstr("Nothing points at the prober, and no target is down."));
  EXPECT_THAT(seen.html, HasSubstr("<p>No target is down or flapping.</p>"));
  EXPECT_THAT(seen.html, Not(HasSubstr("Down together")));
  EXPECT_THAT(seen.html, Not(HasSubstr("Broke in the last hour")));
}

TEST(OverviewPage, AnEmptyFleetSaysWhatToDo) {
  EXPECT_THAT(see({}).html, HasSubstr("There is no target yet."));
}

TEST(OverviewPage, TheDaemonsOwnTroubleIsSaid) {
  const Seen seen = see(ten_servers(), {.reload_successful = false,
                                        .last_reload_success = at(kLastRun),
                                        .targets_by_source = {},
                                        .in_flight = 0,
                                        .held_changes = 2});
  EXPECT_THAT(seen.html, HasSubstr("The last reload of the configuration failed"));
  EXPECT_THAT(seen.html, HasSubstr("2 update(s) of the inventory would remove too many targets"));
}

TEST(OverviewPage, CountsLinkToTheList) {
  const Seen seen =
      see({with_label(reset_in_tls(down("a", kLastRun, "<b>")), "site", "fra 1"), up("c", "d")});
  EXPECT_THAT(values_of_rows(seen.model.at("group_counts"), "count_link"),
              ElementsAre("groups/~3cb~3e", "groups/d"));
  EXPECT_THAT(values_of_rows(seen.model.at("site_counts"), "count_link"),
              ElementsAre("targets?site=fra%201"));
  EXPECT_THAT(values_of_rows(seen.model.at("reason_counts"), "reason_link"),
              ElementsAre("targets?phase=tls&reason=connection_reset"));
  EXPECT_THAT(seen.html, HasSubstr("<a href=\"./groups/~3cb~3e\">&lt;b&gt;</a>"));
}

TEST(OverviewPage, WhatIsHostileIsText) {
  const Seen seen = see({reset_in_tls(down("<script>alert(1)</script>", kLastRun, "{{version}}"), "\xFF'\"&"),
                         up("x", "{{version}}")});
  EXPECT_THAT(seen.html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(seen.html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(seen.html, HasSubstr("{{version}}")) << "a group's name is no template";
  EXPECT_THAT(seen.html, HasSubstr("\xEF\xBF\xBD&#39;&quot;&amp;"));
}

TEST(FleetSummary, TheNewestNewsComesFirstAndOldNewsIsNone) {
  const auto fleet = fleet_of({down("long", kViewed - 7200), down("an-hour", kViewed - 3600),
                               down("just-now", kViewed - 5), unknown("never"), up("well")});
  const auto summary = summary_of(fleet, at(kViewed));
  ASSERT_EQ(summary.news.size(), 2u);
  EXPECT_EQ(summary.news[0]->key.target, "just-now");
  EXPECT_EQ(summary.news[1]->key.target, "an-hour");
  EXPECT_EQ(summary.not_probed_yet, 1u);
  EXPECT_EQ(fleet::total(summary.states), 5u);
  EXPECT_EQ(fleet::failing(summary.states), 3u);
}

TEST(TargetRow, SaysWhatChanged) {
  TargetState state = down("ts10", kLastRun);
  state.last_address = "10.0.0.99:3389";
  state.last_good_address = "10.0.0.9:3389";
  state.unexpected_change = std::make_shared<const fleet::UnexpectedChange>(
      fleet::UnexpectedChange{at(kViewed - 7200), "another issuer"});
  const api::RowContext context{at(kViewed), std::make_shared<fleet::FleetJudgement>()};
  EXPECT_EQ(changes_of(state, context),
            (json::array{"its certificate changed 2 h 0 min ago: another issuer",
                         "its address is 10.0.0.99:3389, it was 10.0.0.9:3389 when it last answered"}));
}

TEST(TargetRow, TheCertificatesDaysHaveAClass) {
  const api::RowContext context{at(0), std::make_shared<fleet::FleetJudgement>()};
  const auto class_of = [&context](int days) {
    return target_row(with_certificate(up("a"), "", days), context).at("certificate_class").as_string();
  };
  EXPECT_EQ(class_of(-1), "expired");
  EXPECT_EQ(class_of(20), "soon");
  EXPECT_EQ(class_of(21), "fine");
}

}  // namespace
}  // namespace rdpwatch::pages
