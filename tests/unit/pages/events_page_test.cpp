#include "daemon/pages/events_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/events/events.hpp"

namespace rdpwatch::pages {
namespace {

using events::EventType;
using events::test::at_second;
using testing::HasSubstr;
using testing::Not;

class EventsPageTest : public testing::Test {
 protected:
  Page made(const Parameters& parameters = {}) const {
    const auto is_whole = [](const fleet::EndpointKey& key) { return key.target == "ts09:3389"; };
    return events_page(journal_, is_whole, at_second(600), parameters);
  }
  std::string shown(const Parameters& parameters = {}) const {
    return html_answer(made(parameters), {"1.2.3", at_second(600)}, "/events").body;
  }

  events::Journal journal_;
};

TEST_F(EventsPageTest, HasTheNewestFirstInWordsAndWithLinks) {
  journal_.add(events::test::went_down(0));
  journal_.add(events::test::event(EventType::target_up, 60, "gw:3389", "gates"));
  const auto html = shown();
  EXPECT_THAT(html, HasSubstr("<strong class=\"bad\">down</strong>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"./targets/ts09~3a3389\">ts09:3389</a> <small>rdsh</small>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"./targets?q=gw%3A3389\">gw:3389</a>"));
  EXPECT_THAT(html, HasSubstr("ts09:3389 is down: connection_reset in tls"));
  EXPECT_LT(html.find("up again</strong>"), html.find("down</strong>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"./events\" aria-current=\"page\">Events</a>"));
  EXPECT_THAT(html, HasSubstr("2 events are kept"));
  EXPECT_THAT(html, Not(HasSubstr("Older</a>")));
}

TEST_F(EventsPageTest, IsFilteredAndSaysByWhat) {
  journal_.add(events::test::went_down(0));
  journal_.add(events::test::event(EventType::reload, 60));
  const auto html = shown({{"type", "reload"}, {"target", ""}});
  EXPECT_THAT(html, Not(HasSubstr("is down")));
  EXPECT_THAT(html, HasSubstr("type: reload"));
  EXPECT_THAT(html, HasSubstr("<option value=\"reload\" selected>configuration reloaded</option>"));
  EXPECT_THAT(html, HasSubstr("href=\"./api/v1/events?type=reload&amp;limit=1000&amp;format=csv\""));
  EXPECT_THAT(shown({{"target", "nobody"}}), HasSubstr("Nothing like that happened"));
}

TEST_F(EventsPageTest, GoesOnToOlderOnes) {
  for (int i = 0; i < 51; ++i) journal_.add(events::test::event(EventType::reload, i));
  EXPECT_THAT(shown(), HasSubstr("<a href=\"./events?before=2\" rel=\"next\">Older</a>"));
  const auto last = shown({{"before", "2"}});
  EXPECT_THAT(last, Not(HasSubstr("Older</a>")));
  EXPECT_THAT(last, HasSubstr("<a href=\"./events\">The newest</a>"));
}

TEST_F(EventsPageTest, ASlipIsAFault) {
  EXPECT_EQ(made({{"kind", "x"}}).status, 400u);
  EXPECT_EQ(made({{"type", "x"}}).status, 400u);
  EXPECT_EQ(made({{"after", "1"}}).status, 400u);
}

}  // namespace
}  // namespace rdpwatch::pages
