#include "daemon/pages/targets_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using namespace fleet::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Page ask(const std::string& query, std::vector<fleet::TargetState> states) {
  const api::RowContext context{at(kLastRun), std::make_shared<fleet::FleetJudgement>()};
  return targets_page(fleet_of(std::move(states)), context, http::parse_query(query).value());
}

std::string html_of(Page page) {
  return html_answer(std::move(page), {"1.2.3", at(kLastRun)}, "/targets").body;
}

std::vector<std::string> column(const json::value& rows, std::string_view key) {
  std::vector<std::string> out;
  for (const auto& row : rows.as_array()) {
    const auto* const value = row.as_object().if_contains(key);
    if (value != nullptr) out.emplace_back(value->as_string());
  }
  return out;
}

std::vector<fleet::TargetState> some_fleet() {
  return {with_label(up("b1", "rdsh"), "site", "fra1"), down("a1", kLastRun - 60, "rdsh"), up("c1", "vdi")};
}

std::vector<fleet::TargetState> large_fleet() {
  return numbered(10, 99, [](const std::string& name) { return up(name); });
}

TEST(TargetsPage, TheWorstComesFirst) {
  EXPECT_THAT(column(ask("", some_fleet()).model.at("rows"), "target"), ElementsAre("a1", "b1", "c1"));
}

TEST(TargetsPage, WhatAFormLeftOpenDoesNotCount) {
  const Page page = ask("q=&state=&reason=&cause=&group=&site=fra1&sort=", some_fleet());
  EXPECT_EQ(page.status, 200u);
  EXPECT_THAT(column(page.model.at("rows"), "target"), ElementsAre("b1"));
}

TEST(TargetsPage, EachFilterCanBeTakenAway) {
  const Page page = ask("group=rdsh&state=up&sort=target&page=1", some_fleet());
  EXPECT_THAT(column(page.model.at("chips"), "chip_text"), ElementsAre("group: rdsh", "state: up"));
  EXPECT_THAT(column(page.model.at("chips"), "chip_link"),
              ElementsAre("targets?state=up&sort=target", "targets?group=rdsh&sort=target"));
  EXPECT_THAT(html_of(page), HasSubstr("aria-label=\"Without group: rdsh\""));
  EXPECT_THAT(html_of(page), HasSubstr("1 to 1 of 1 (of 3 in all)."));
}

TEST(TargetsPage, AHeaderSortsAndThenTheOtherWayRound) {
  const auto links = [](const std::string& query) {
    return column(ask(query, some_fleet()).model.at("columns"), "column_link");
  };
  EXPECT_EQ(links("q=1&page=2")[1], "targets?q=1&sort=target");
  EXPECT_EQ(links("sort=target")[1], "targets?sort=-target");
  EXPECT_EQ(links("sort=-target")[1], "targets?sort=target");
  EXPECT_THAT(html_of(ask("sort=-target", some_fleet())),
              HasSubstr("<th scope=\"col\" aria-sort=\"descending\">"));
  EXPECT_THAT(html_of(ask("", some_fleet())), HasSubstr("<th scope=\"col\">Why</th>"));
}

TEST(TargetsPage, FiftyRowsAPage) {
  const Page first = ask("sort=target", large_fleet());
  EXPECT_EQ(first.model.at("rows").as_array().size(), 50u);
  EXPECT_THAT(html_of(first), HasSubstr("1 to 50 of 90. "));
  EXPECT_THAT(html_of(first),
              HasSubstr("<a rel=\"next\" href=\"./targets?sort=target&amp;page=2\">Next</a>"));
  EXPECT_THAT(html_of(first), Not(HasSubstr("rel=\"prev\"")));
  const Page last = ask("sort=target&page=2", large_fleet());
  EXPECT_THAT(html_of(last), HasSubstr("51 to 90 of 90. "));
  EXPECT_THAT(html_of(last),
              HasSubstr("<a rel=\"prev\" href=\"./targets?sort=target&amp;page=1\">Previous</a>"));
}

TEST(TargetsPage, APageBehindTheLastLeadsBack) {
  const Page page = ask("page=9", large_fleet());
  EXPECT_THAT(page.model.at("rows").as_array(), IsEmpty());
  EXPECT_THAT(html_of(page), HasSubstr("No target is like that."));
  EXPECT_THAT(html_of(page), HasSubstr("href=\"./targets?page=2\">Previous</a>"));
}

TEST(TargetsPage, TheExportsHaveTheSameFilters) {
  const Page page = ask("group=rdsh&page=2&per_page=1", some_fleet());
  EXPECT_EQ(page.model.at("csv_link"), "api/v1/targets?group=rdsh&format=csv");
  EXPECT_EQ(page.model.at("json_link"), "api/v1/targets?group=rdsh");
}

TEST(TargetsPage, WhatIsNotAllowedIsToldWithWhatIs) {
  const Page page = ask("state=dwon", some_fleet());
  EXPECT_EQ(page.status, 400u);
  EXPECT_THAT(html_of(page), HasSubstr("state"));
  EXPECT_THAT(html_of(page), HasSubstr("<li><code>flapping</code></li>"));
  EXPECT_EQ(ask("sate=down", some_fleet()).status, 400u);
}

TEST(TargetsPage, TheFormKeepsWhatItHasNoFieldFor) {
  const Page page = ask("label.os=2019&module=tls&q=%3Cx%3E", some_fleet());
  EXPECT_THAT(html_of(page), HasSubstr("<input type=\"hidden\" name=\"label.os\" value=\"2019\">"));
  EXPECT_THAT(html_of(page), HasSubstr("<input type=\"hidden\" name=\"module\" value=\"tls\">"));
  EXPECT_THAT(html_of(page), HasSubstr("name=\"q\" value=\"&lt;x&gt;\""));
}

}  // namespace
}  // namespace rdpwatch::pages
