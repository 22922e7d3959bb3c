#include "daemon/pages/maintenance_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/pages/clean_up_page.hpp"
#include "daemon/pages/target_page.hpp"
#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::pages {
namespace {

using namespace fleet::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kLooked = 1764000000;  // 2025-11-24T16:00:00Z

maintenance::Listed listed(const std::string& id, const std::string& name, bool active) {
  maintenance::Listed out;
  out.maintenance = {id, name, at(kLooked + (active ? -60 : 3600)), at(kLooked + 7200), "new <switches>", ""};
  out.match = "site=fra1";
  out.active = active;
  out.targets = 12;
  return out;
}

std::string maintenance_html(const std::vector<maintenance::Listed>& all,
                             const std::vector<http::QueryParameter>& parameters = {}) {
  return html_answer(maintenance_page(all, at(kLooked), parameters), {"1", at(kLooked)}, "/maintenance").body;
}

TEST(MaintenancePage, WhatGoesOnCanBeEndedUnlessItIsPlanned) {
  const auto html = maintenance_html({listed("m1", "site=fra1", true), listed("", "patches", true)});
  EXPECT_THAT(html, HasSubstr("<form method=\"post\" action=\"./maintenance/m1/end\">"));
  EXPECT_THAT(html, HasSubstr("aria-label=\"End site=fra1 now\""));
  EXPECT_THAT(html, HasSubstr("new &lt;switches&gt;"));
  EXPECT_THAT(html, HasSubstr("2025-11-24 18:00:00 UTC</time>, 2 h 0 min left"));
  EXPECT_THAT(html, HasSubstr("<strong>patches</strong> <small>covers site=fra1</small>"));
  EXPECT_THAT(html, HasSubstr("<td data-title=\"End\">by itself</td>"));
  EXPECT_THAT(html, HasSubstr("No window of the configuration opens within seven days."));
}

TEST(MaintenancePage, WhatIsPlannedSaysWhenItBegins) {
  const auto html = maintenance_html({listed("", "patches", false)});
  EXPECT_THAT(html, HasSubstr("No maintenance goes on."));
  EXPECT_THAT(html, HasSubstr("2025-11-24 17:00:00 UTC</time>, in 1 h 0 min"));
  EXPECT_THAT(html, Not(HasSubstr("/end\"")));
}

TEST(MaintenancePage, TheFormMayBeFilledInByALink) {
  EXPECT_THAT(maintenance_html({}, {{"match", "target=a<b"}, {"match", "site=x"}}),
              HasSubstr(">target=a&lt;b\nsite=x</textarea>"));
  EXPECT_EQ(maintenance_page({}, at(kLooked), {{"x", "1"}}).status, 400u);
}

TEST(MaintenanceForm, IsReadAsABrowserSendsIt) {
  const auto form =
      read_maintenance_form("match=site%3Dfra1%0D%0A+group%3Drdsh%0D%0A&for=2h&reason=new+switches&by=me");
  ASSERT_TRUE(std::holds_alternative<maintenance::StartRequest>(form));
  const auto& request = std::get<maintenance::StartRequest>(form);
  EXPECT_THAT(request.match, ElementsAre("site=fra1", "group=rdsh"));
  EXPECT_EQ(request.duration, std::chrono::hours(2));
  EXPECT_EQ(request.reason, "new switches");
  EXPECT_EQ(request.by, "me");
  EXPECT_FALSE(request.allow_empty);
}

TEST(MaintenanceForm, WhatIsWrongIsSaid) {
  for (const auto* const body : {"", "match=&for=2h", "match=site%3Dfra1&for=2+hours", "match=a%3Db",
                                 "match=%", "match=a%3Db&for=2h&allow_empty=1"}) {
    const auto form = read_maintenance_form(body);
    ASSERT_TRUE(std::holds_alternative<Page>(form)) << body;
    EXPECT_EQ(std::get<Page>(form).status, 400u);
  }
}

TEST(TargetPage, SaysWhatCoversItAndUntilWhen) {
  auto state = up("ts01:3389");
  state.maintenance = std::make_shared<const fleet::Maintenance>(
      fleet::Maintenance{"m1", "site=fra1", at(kLooked - 60), at(kLooked + 7200), "new switches", "me"});
  const auto fleet = fleet_of({state});
  const api::RowContext context{at(kLooked), std::make_shared<fleet::FleetJudgement>()};
  const auto html =
      html_answer(target_page(*fleet[0], fleet, events::Journal{}, context), {"1", at(kLooked)}, "/targets/x").body;
  EXPECT_THAT(html,
              HasSubstr("In maintenance</a> (site=fra1) until <time datetime=\"2025-11-24T18:00:00Z\">"));
  EXPECT_THAT(html, HasSubstr(", 2 h 0 min left: new switches (me). Nobody is paged for it."));
  EXPECT_THAT(html, HasSubstr("href=\"../maintenance?match=target%3Dts01%3A3389\""));
}

TEST(CleanUpPage, ListsWhatTheInventoryShouldLose) {
  auto never = never_up("ts99:3389", kLooked - 86400);
  never.first_seen = at(kLooked - 3 * 86400);
  never.last_success.reset();
  const auto fleet = fleet_of({up("ts01:3389"), never});
  const auto html = html_answer(clean_up_page(fleet, at(kLooked), {}), {"1", at(kLooked)}, "/clean-up").body;
  EXPECT_THAT(html, HasSubstr("<p>1. <a href=\"./api/v1/clean-up?format=csv\">CSV</a>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"./targets/ts99~3a3389\">ts99:3389</a>"));
  EXPECT_THAT(html, HasSubstr("never seen up since it is known"));
  EXPECT_THAT(html, HasSubstr(">3 days</time>"));
  EXPECT_THAT(html, Not(HasSubstr("ts01")));
  const auto none = html_answer(clean_up_page({}, at(kLooked), {}), {"1", at(kLooked)}, "/clean-up").body;
  EXPECT_THAT(none, HasSubstr("There is nothing to clean up."));
  EXPECT_EQ(clean_up_page(fleet, at(kLooked), {{"page", "1"}}).status, 400u);
}

}  // namespace
}  // namespace rdpwatch::pages
