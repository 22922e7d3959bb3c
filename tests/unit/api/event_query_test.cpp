#include "daemon/api/event_query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/events/events.hpp"

namespace rdpwatch::api {
namespace {

using events::EventType;
using events::test::at_second;
using testing::ElementsAre;
using testing::IsEmpty;

std::variant<EventListQuery, Fault> parse_events(const std::string& query, const std::string& accept = "") {
  return parse_event_query(http::parse_query(query).value(), accept, at_second(0));
}

EventListQuery event_query_of(const std::string& query, const std::string& accept = "") {
  auto parsed = parse_events(query, accept);
  if (const auto* const fault = std::get_if<Fault>(&parsed)) ADD_FAILURE() << fault->what;
  return std::holds_alternative<Fault>(parsed) ? EventListQuery{} : std::get<EventListQuery>(parsed);
}

Fault fault_in_event_query(const std::string& query) {
  auto parsed = parse_events(query);
  if (!std::holds_alternative<Fault>(parsed)) {
    ADD_FAILURE() << query << " was taken";
    return {};
  }
  return std::get<Fault>(parsed);
}

TEST(EventQuery, NothingAskedForIsTheNewestHundred) {
  const auto query = event_query_of("");
  EXPECT_EQ(query.events.limit, 100u);
  EXPECT_TRUE(query.events.newest_first);
  EXPECT_FALSE(query.csv);
  EXPECT_FALSE(query.events.since || query.events.until || query.events.before);
  EXPECT_THAT(query.events.types, IsEmpty());
}

TEST(EventQuery, EveryParameter) {
  const auto query = event_query_of(
      "since=24h&until=2025-11-24T15:59:59.5Z&type=target_down,target_up&type=reload&type=target_up&target="
      "ts09"
      "&target=ts10:3389&group=a+b&before=7&limit=1000&format=csv");
  EXPECT_EQ(query.events.since, at_second(-86400));
  EXPECT_EQ(query.events.until, at_second(0) - std::chrono::milliseconds(500));
  EXPECT_THAT(query.events.types,
              ElementsAre(EventType::target_down, EventType::target_up, EventType::reload));
  EXPECT_THAT(query.events.targets, ElementsAre("ts09", "ts10:3389"));
  EXPECT_THAT(query.events.groups, ElementsAre("a b"));
  EXPECT_EQ(query.events.before, 7);
  EXPECT_EQ(query.events.limit, 1000u);
  EXPECT_TRUE(query.events.newest_first);
  EXPECT_TRUE(query.csv);
}

TEST(EventQuery, WhoFollowsGetsTheOldestFirst) {
  const auto query = event_query_of("after=0", "text/csv");
  EXPECT_EQ(query.events.after, 0);
  EXPECT_FALSE(query.events.newest_first);
  EXPECT_TRUE(query.csv);
}

TEST(EventQuery, ASlipIsAFaultThatSaysWhatIsAllowed) {
  const Fault name = fault_in_event_query("typ=reload");
  EXPECT_EQ(name.what, "there is no parameter 'typ' (did you mean 'type'?)");
  EXPECT_THAT(name.allowed,
              ElementsAre("since", "until", "type", "target", "group", "after", "before", "limit", "format"));
  const Fault type = fault_in_event_query("type=target_down,target_dwon");
  EXPECT_EQ(type.what, "type: 'target_dwon' is not known (did you mean 'target_down'?)");
  EXPECT_EQ(type.allowed.size(), 17u);
  EXPECT_EQ(fault_in_event_query("type=").what, "type: '' is not known");
  const Fault time = fault_in_event_query("since=yesterday");
  EXPECT_EQ(time.what, "since: 'yesterday' is no time that is known");
  EXPECT_THAT(time.allowed,
              ElementsAre("a time such as 2026-11-22T14:00:00Z, or how long ago, such as 90m or 24h"));
  EXPECT_THAT(fault_in_event_query("limit=0").allowed, ElementsAre("1 to 1000"));
  for (const auto* const query : {"limit=1001", "limit=", "limit=-1", "after=-1", "after=x", "before=1.5",
                                  "before=99999999999999999999"})
    EXPECT_EQ(fault_in_event_query(query).status, 400u) << query;
  EXPECT_EQ(fault_in_event_query("after=1&before=2").what, "after and before can't be given together");
  EXPECT_EQ(fault_in_event_query("since=1h&since=2h").what, "since: may be given only once");
  EXPECT_THAT(fault_in_event_query("format=xml").allowed, ElementsAre("json", "csv"));
  EXPECT_EQ(fault_in_event_query("target=" + std::string(1025, 'a')).what,
            "'target': the value is longer than 1024 bytes");
}

TEST(ParseTime, TakesRfc3339) {
  EXPECT_EQ(parse_time("2025-11-24T16:00:00Z"), at_second(0));
  EXPECT_EQ(parse_time("2025-11-24t16:00:00z"), at_second(0));
  EXPECT_EQ(parse_time("2025-11-24 16:00:00Z"), at_second(0));
  EXPECT_EQ(parse_time("2025-11-24T17:30:00+01:30"), at_second(0));
  EXPECT_EQ(parse_time("2025-11-24T17:30:00 01:30"), at_second(0));  // its plus sign was not encoded
  EXPECT_EQ(parse_time("2025-11-24T11:00:00-05:00"), at_second(0));
  EXPECT_EQ(parse_time("2025-11-24T16:00:00.123456789Z"), at_second(0) + std::chrono::nanoseconds(123456789));
  EXPECT_EQ(parse_time("2024-02-29T00:00:00Z"), fleet::WallTime(std::chrono::seconds(1709164800)));
}

TEST(ParseTime, TakesNothingElse) {
  for (const auto* const text :
       {"", "2025", "2025-11-24", "2025-11-24T16:00Z", "2025-11-24T16:00:00", "2025-02-29T00:00:00Z",
        "2025-13-01T00:00:00Z", "2025-11-24T24:00:00Z", "2025-11-24T16:00:00.Z", "2025-11-24T16:00:00+0100",
        "2025-11-24T16:00:00ZZ", "-025-11-24T16:00:00Z", "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z",
        "2025-11-24T16:00:00.1234567890Z", "2025-11-24T16:00:0"})
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
}

}  // namespace
}  // namespace rdpwatch::api
