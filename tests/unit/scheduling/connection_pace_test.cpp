#include "daemon/scheduling/connection_pace.hpp"

#include <gtest/gtest.h>

#include "tests/unit/scheduling/results.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;

constexpr PaceRules kRules{1s, 60s, 3};

TEST(ConnectionPace, TheFirstMayGoAtOnce) {
  const ConnectionPace pace;
  EXPECT_EQ(pace.ready(kStart, 0, kRules).at, kStart);
  EXPECT_FALSE(pace.ready(kStart, 0, kRules).by_rate);
  EXPECT_TRUE(pace.idle(kStart, kRules));
}

TEST(ConnectionPace, SpacingCountsFromTheClose) {
  ConnectionPace pace;
  pace.opened(kStart, kRules);
  pace.closed(kStart + 5s);
  EXPECT_EQ(pace.ready(kStart + 5s, 0, kRules).at, kStart + 6s);
  EXPECT_FALSE(pace.ready(kStart + 5s, 0, kRules).by_rate);
  EXPECT_EQ(pace.ready(kStart + 5s, 1, kRules).at, kStart + 7s);
  EXPECT_EQ(pace.ready(kStart + 6500ms, 0, kRules).at, kStart + 6500ms);
}

TEST(ConnectionPace, AnOpenConnectionClosesNowAtTheEarliest) {
  ConnectionPace pace;
  pace.opened(kStart, kRules);
  EXPECT_EQ(pace.ready(kStart + 3s, 0, kRules).at, kStart + 4s);
  EXPECT_EQ(pace.ready(kStart + 3s, 1, kRules).at, kStart + 5s);
}

TEST(ConnectionPace, TheCapWaitsForTheOldestStartToLeaveTheWindow) {
  ConnectionPace pace;
  for (const auto at : {0s, 10s, 20s}) {
    pace.opened(kStart + at, kRules);
    pace.closed(kStart + at + 1s);
  }
  const auto next = pace.ready(kStart + 25s, 0, kRules);
  EXPECT_EQ(next.at, kStart + 60s);
  EXPECT_TRUE(next.by_rate);
  EXPECT_EQ(pace.ready(kStart + 25s, 1, kRules).at, kStart + 70s);
  EXPECT_EQ(pace.ready(kStart + 25s, 3, kRules).at, kStart + 85s)
      << "behind three more: not before a whole window";
  EXPECT_EQ(pace.ready(kStart + 60s, 0, kRules).at, kStart + 60s);
  EXPECT_FALSE(pace.ready(kStart + 60s, 0, kRules).by_rate);
}

TEST(ConnectionPace, TheWindowSlides) {
  ConnectionPace pace;
  for (const auto at : {0s, 10s, 20s, 60s}) {
    pace.opened(kStart + at, kRules);
    pace.closed(kStart + at + 1s);
  }
  EXPECT_EQ(pace.ready(kStart + 61s, 0, kRules).at, kStart + 70s);
}

TEST(ConnectionPace, IsForgottenOnlyWhenNothingBindsAnyMore) {
  ConnectionPace pace;
  pace.opened(kStart, kRules);
  EXPECT_FALSE(pace.idle(kStart + 100s, kRules)) << "open";
  pace.closed(kStart + 100s);
  EXPECT_FALSE(pace.idle(kStart + 100500ms, kRules)) << "spacing";
  EXPECT_TRUE(pace.idle(kStart + 101s, kRules));
  pace.opened(kStart + 110s, kRules);
  pace.closed(kStart + 111s);
  EXPECT_FALSE(pace.idle(kStart + 169s, kRules)) << "window";
  EXPECT_TRUE(pace.idle(kStart + 170s, kRules));
}

}  // namespace
}  // namespace rdpwatch::scheduling
