#include "daemon/fleet/common_outage.hpp"

#include <gtest/gtest.h>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::fleet {
namespace {

using test::at;

OutageSpan span(std::int64_t from, std::int64_t to) {
  return {at(from), at(to)};
}

std::optional<CommonOutage> any(const std::vector<OutageSpan>& spans) {
  return common_outage(spans, [](const CommonOutage&) { return true; });
}

TEST(CommonOutage, ASpanIsTwoIntervalsAndThirtySeconds) {
  const auto found = outage_span(test::down("ts01", 1000));
  EXPECT_EQ(found.from, at(850));
  EXPECT_EQ(found.to, at(1000));
}

TEST(CommonOutage, NoFailuresHaveNone) {
  EXPECT_FALSE(any({}));
}

TEST(CommonOutage, TheMomentThatMostShare) {
  const auto found =
      any({span(850, 1000), span(900, 1050), span(990, 1140), span(100, 250), span(2000, 2150)});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->moment, at(1000));
  EXPECT_EQ(found->together, 3u);
  EXPECT_EQ(found->earlier, 1u);
  EXPECT_EQ(found->later, 1u);
}

TEST(CommonOutage, SpansThatTouchShareAMoment) {
  EXPECT_EQ(any({span(0, 100), span(100, 200)})->together, 2u);
  EXPECT_EQ(any({span(0, 100), span(101, 200)})->together, 1u);
}

TEST(CommonOutage, OfEqualOnesTheLatest) {
  EXPECT_EQ(any({span(0, 100), span(500, 600)})->moment, at(600));
}

TEST(CommonOutage, OnlyMomentsThatCountAreTaken) {
  const std::vector<OutageSpan> spans{span(0, 100), span(10, 110), span(500, 600)};
  const auto none_later = common_outage(spans, [](const CommonOutage& outage) { return outage.later == 0; });
  ASSERT_TRUE(none_later);
  EXPECT_EQ(none_later->moment, at(600));
  EXPECT_EQ(none_later->earlier, 2u);
  EXPECT_FALSE(common_outage(spans, [](const CommonOutage&) { return false; }));
}

TEST(CommonOutage, WhatWasNeverUpCanNotGoDown) {
  EXPECT_TRUE(was_up_before(test::up("a")));
  EXPECT_TRUE(was_up_before(test::down("a", 1000)));
  EXPECT_FALSE(was_up_before(test::never_up("a", 1000)));
  EXPECT_FALSE(was_up_before(test::unknown("a")));
  EXPECT_TRUE(is_failing(test::down("a", 1000)));
  EXPECT_FALSE(is_failing(test::up("a")));
}

}  // namespace
}  // namespace rdpwatch::fleet
