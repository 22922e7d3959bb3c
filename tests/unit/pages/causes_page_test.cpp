#include "daemon/pages/causes_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/diagnosis/cause_book.hpp"
#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::pages {
namespace {

using namespace fleet::test;
using fleet::TargetState;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TargetState suspected(const std::string& name, std::vector<std::string_view> causes) {
  TargetState state = down(name, 500);
  diagnosis::Diagnosis diagnosis;
  for (const auto id : causes) diagnosis.causes.push_back({id, diagnosis::Likelihood::likely, {}, {}});
  state.diagnosis = std::make_shared<const diagnosis::Diagnosis>(std::move(diagnosis));
  return state;
}

std::vector<fleet::StatePtr> fleet_with_causes() {
  return fleet_of({suspected("a", {"private_key_unreadable", "no_common_tls"}),
                   suspected("b", {"no_common_tls", "private_key_unreadable"}), up("c")});
}

Page causes_shown(const std::string& query) {
  return causes_page(fleet_with_causes(), http::parse_query(query).value());
}

std::vector<std::string> cause_ids(const std::string& query) {
  std::vector<std::string> out;
  const Page page = causes_shown(query);
  for (const auto& blame : page.model.at("blames").as_array()) {
    for (const auto& row : blame.at("blame_causes").as_array())
      out.emplace_back(row.at("cause_id").as_string());
  }
  return out;
}

Page one_cause(const std::string& id) {
  return cause_page(fleet_with_causes(), {at(kLastRun), std::make_shared<const fleet::FleetJudgement>()}, id,
                    {});
}

std::string cause_html(Page page, std::string_view path) {
  return html_answer(std::move(page), {"1", at(kLastRun)}, path).body;
}

TEST(CausesPage, AllCausesWithTheHostsThatHaveThem) {
  EXPECT_EQ(cause_ids("").size(), diagnosis::causes().size());
  const std::string shown = cause_html(causes_shown(""), "/causes");
  EXPECT_THAT(shown, HasSubstr("<a href=\"./causes/private_key_unreadable\">The host can&#39;t use its "
                               "certificate&#39;s private key</a>"));
  EXPECT_THAT(shown, HasSubstr("<a href=\"./targets?cause=private_key_unreadable\"><strong>1</strong> "
                               "likeliest, 2 suspected</a>"));
}

TEST(CausesPage, FoundByWhatAClientShows) {
  EXPECT_THAT(cause_ids("q=0x904+0x7"), Contains("private_key_unreadable"));
  EXPECT_EQ(cause_ids("q=0x904+0x7"), cause_ids("q=0x904%2F0x7"));
  EXPECT_EQ(cause_ids("q=2308"), cause_ids("q=0x904"));
  EXPECT_THAT(cause_html(causes_shown("q=2308"), "/causes"),
              HasSubstr("<code>0x904</code> <small>decimal 2308</small>"));
}

TEST(CausesPage, FoundByIdAndByWords) {
  EXPECT_THAT(cause_ids("q=private_key_unreadable"), Contains("private_key_unreadable"));
  EXPECT_THAT(cause_ids("q=MachineGuid+cleaner"), ElementsAre("private_key_unreadable"));
  EXPECT_THAT(cause_ids("q=connection_refused"), Not(testing::IsEmpty()));
  EXPECT_THAT(cause_html(causes_shown("q=connection_refused"), "/causes"), HasSubstr("reason of a failure"));
  EXPECT_THAT(cause_html(causes_shown("q=%3Cb%3Enonsense"), "/causes"),
              HasSubstr("Nothing is known of <strong>&lt;b&gt;nonsense</strong>"));
}

TEST(CausesPage, WhatIsNotAllowedIsSaid) {
  EXPECT_EQ(causes_shown("text=x").model.at("fault_what").as_string(), "there is no parameter 'text'");
  EXPECT_EQ(causes_shown("q=a&q=b").status, 400u);
  EXPECT_EQ(causes_shown("q=" + std::string(129, 'a')).status, 400u);
  EXPECT_EQ(causes_shown("q=").status, 200u);
}

TEST(CausePage, EverythingThatIsKnown) {
  const std::string shown = cause_html(one_cause("private_key_unreadable"), "/causes/private_key_unreadable");
  EXPECT_THAT(shown, HasSubstr("<h1>The host can&#39;t use its certificate&#39;s private key</h1>"));
  EXPECT_THAT(shown, HasSubstr("Targets that may have it now <small>2</small>"));
  EXPECT_THAT(shown, HasSubstr("<a href=\"../targets/a\">a</a>"));
  EXPECT_THAT(shown, HasSubstr("Get-WinEvent -FilterHashtable"));
  EXPECT_THAT(shown, HasSubstr("<a href=\"../causes?q=0x904%2F0x7\"><code>0x904/0x7</code></a>"));
  EXPECT_THAT(shown, HasSubstr("<a href=\"../targets?phase=tls&amp;reason=connection_reset\">"
                               "tls/connection_reset</a>"));
}

TEST(CausePage, EveryCauseOfTheBookHasOne) {
  for (const auto& cause : diagnosis::causes()) {
    const Page page = one_cause(cause.id);
    EXPECT_EQ(page.status, 200u) << cause.id;
    EXPECT_THAT(cause_html(page, "/causes/x"), HasSubstr("<h2 id=\"fixes\">")) << cause.id;
  }
}

TEST(CausePage, WhatIsNoCauseIsNotFoundAndOffersTheSearch) {
  const Page page = one_cause("timeout");
  EXPECT_EQ(page.status, 404u);
  const std::string shown = cause_html(page, "/causes/timeout");
  EXPECT_THAT(shown, HasSubstr("There is no cause timeout"));
  EXPECT_THAT(shown, HasSubstr("<form class=\"filters\" method=\"get\" action=\"../causes\""));
  EXPECT_THAT(shown, HasSubstr("reason of a failure"));
  const std::string hostile = cause_html(one_cause("<script>"), "/causes/x");
  EXPECT_THAT(hostile, HasSubstr("There is no cause &lt;script&gt;"));
  EXPECT_THAT(hostile, Not(HasSubstr("<script>")));
}

}  // namespace
}  // namespace rdpwatch::pages
