#include "daemon/fleet/verdict_history.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rdpwatch::fleet {
namespace {

/// The history after runs written as u (up) and d (down).
VerdictHistory after(const std::string& runs) {
  VerdictHistory history;
  for (const char run : runs) history.note(run == 'u');
  return history;
}

TEST(VerdictHistory, OneOutageIsNoFlapping) {
  EXPECT_EQ(after("").changes(), 0);
  EXPECT_EQ(after("u").changes(), 0);
  EXPECT_EQ(after("d").changes(), 0);
  EXPECT_EQ(after("uud").changes(), 1);
  EXPECT_EQ(after("uuudddduu").changes(), 2);
  EXPECT_FALSE(after("uuudddduu").flapping());
  EXPECT_EQ(after("uuududu").changes(), 4);
}

TEST(VerdictHistory, FourChangesAmongTheLastTenRunsEnter) {
  EXPECT_FALSE(after("udud").flapping());
  EXPECT_TRUE(after("ududu").flapping());
  EXPECT_TRUE(after("dudud").flapping());
  EXPECT_TRUE(after("uuuuuuuuuuuuuuududu").flapping());
  EXPECT_EQ(after("uduuuuuuuu").changes(), 2);
  EXPECT_EQ(after("uduuuuuuuud").changes(), 2) << "the first change has left the last ten runs";
  EXPECT_FALSE(after("uduuuuuuuud").flapping());
}

TEST(VerdictHistory, OneChangeOrNoneAmongTheLastTenLeaves) {
  // The last change of "ududu" leaves the ten runs with the tenth u.
  EXPECT_TRUE(after("ududuuuuuuuu").flapping());
  EXPECT_EQ(after("ududuuuuuuuu").changes(), 2);
  EXPECT_EQ(after("ududuuuuuuuuu").changes(), 1);
  EXPECT_FALSE(after("ududuuuuuuuuu").flapping());
  EXPECT_TRUE(after("ududuuudduuuuuuu").flapping()) << "two changes go on";
  EXPECT_FALSE(after("dududdddddddddd").flapping()) << "down for good is down";
}

TEST(VerdictHistory, SettledItTakesFourChangesAgain) {
  EXPECT_FALSE(after("ududuuuuuuuuudu").flapping());
  EXPECT_TRUE(after("ududuuuuuuuuududu").flapping());
}

TEST(VerdictHistory, IsSmall) {
  EXPECT_EQ(sizeof(VerdictHistory), 4u);
}

}  // namespace
}  // namespace rdpwatch::fleet
