#include "daemon/fleet/path_failures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::fleet {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

/// "site fra1: 3 of 4, ts01 ts02 ts03", one a finding.
std::vector<std::string> found(std::vector<TargetState> states) {
  std::vector<std::string> texts;
  for (const auto& path : path_failures(fleet_of(std::move(states)))) {
    std::string text = std::string(name(path.scope)) + " " + path.name + ": " + std::to_string(path.members) +
                       " of " + std::to_string(path.members + path.still_up) + ",";
    for (const auto& member : path.listed) text += " " + member.target;
    texts.push_back(text);
  }
  return texts;
}

auto down_at(std::int64_t since, const std::string& group = "a") {
  return [since, group](const std::string& name) { return down(name, since, group); };
}

auto up_in(const std::string& group) {
  return [group](const std::string& name) { return up(name, group); };
}

TEST(PathFailures, AWholeGroupIsOneFinding) {
  EXPECT_THAT(found(numbered(1, 3, down_at(5000)) + numbered(4, 9, up_in("b"))),
              ElementsAre("group a: 3 of 3, ts01 ts02 ts03"));
  EXPECT_THAT(found(numbered(1, 2, down_at(5000))), IsEmpty()) << "two are a coincidence";
  EXPECT_THAT(found(numbered(1, 3, down_at(5000)) + numbered(4, 4, up_in("a"))), IsEmpty());
}

TEST(PathFailures, WithinTwoIntervalsOfOneAnother) {
  EXPECT_THAT(found({down("ts01", 5000), down("ts02", 5060), down("ts03", 5150)}),
              ElementsAre("group a: 3 of 3, ts01 ts02 ts03"));
  EXPECT_THAT(found({down("ts01", 5000), down("ts02", 5060), down("ts03", 5151)}), IsEmpty());
}

TEST(PathFailures, NineTenthsOfTenAreEnough) {
  EXPECT_THAT(found(numbered(1, 9, down_at(5000)) + numbered(10, 10, up_in("a"))),
              ElementsAre("group a: 9 of 10, ts01 ts02 ts03 ts04 ts05 ts06 ts07 ts08 ts09"));
  EXPECT_THAT(found(numbered(1, 8, down_at(5000)) + numbered(10, 10, up_in("a"))), IsEmpty()) << "8 of 9";
}

TEST(PathFailures, MembersThatProveNothingCountNeitherWay) {
  EXPECT_THAT(found(numbered(1, 3, down_at(5000)) + std::vector{never_up("ts04", 5000), unknown("ts05")}),
              ElementsAre("group a: 3 of 3, ts01 ts02 ts03"));
  EXPECT_THAT(found(numbered(1, 3, down_at(5000)) + std::vector{down("ts04", 1000)}),
              ElementsAre("group a: 3 of 3, ts01 ts02 ts03"))
      << "one has been down for long";
  EXPECT_THAT(found(numbered(1, 3, [](const std::string& name) { return never_up(name, 5000); })), IsEmpty());
}

TEST(PathFailures, FlappingMembersCountByTheirLastRun) {
  auto flapping = down("ts03", 5000);
  flapping.status = TargetStatus::flapping;
  EXPECT_THAT(found({down("ts01", 5000), down("ts02", 5000), flapping}),
              ElementsAre("group a: 3 of 3, ts01 ts02 ts03"));
  flapping.consecutive_failures = 0;
  EXPECT_THAT(found({down("ts01", 5000), down("ts02", 5000), down("ts03", 5000), flapping}), IsEmpty());
}

TEST(PathFailures, ASubnetAcrossGroups) {
  const auto in_subnet = [](TargetState state) { return at_address(std::move(state), "10.0.7.9:3389"); };
  EXPECT_THAT(found({in_subnet(down("ts01", 5000)), in_subnet(down("ts02", 5000, "b")),
                     in_subnet(down("ts03", 5000, "c")), at_address(up("ts04"), "10.0.8.9:3389"),
                     up("ts05", "b"), up("ts06", "c")}),
              ElementsAre("subnet 10.0.7.0/24: 3 of 3, ts01 ts02 ts03"));
}

TEST(PathFailures, ExpandedEndpointsHaveTheirOwnAddress) {
  std::vector<TargetState> states;
  for (const char* address : {"2001:db8::1", "2001:db8::2", "2001:db8::3"}) {
    auto state = down("ts01", 5000);
    state.key.address = address;
    states.push_back(state);
  }
  states.push_back(up("ts02"));
  EXPECT_THAT(found(states), ElementsAre("subnet 2001:db8::/64: 3 of 3, ts01 ts01 ts01"));
}

TEST(PathFailures, TheOneWithTheMostMembersWins) {
  const auto in_fra1 = [](TargetState state) { return with_label(std::move(state), "site", "fra1"); };
  std::vector<TargetState> states;
  for (auto& state : numbered(1, 3, down_at(5000, "a")) + numbered(4, 6, down_at(5010, "b")))
    states.push_back(in_fra1(std::move(state)));
  EXPECT_THAT(found(states + numbered(7, 7, up_in("c"))),
              ElementsAre("site fra1: 6 of 6, ts01 ts02 ts03 ts04 ts05 ts06"));
  EXPECT_THAT(found(states + std::vector{in_fra1(up("ts07", "c"))}),
              ElementsAre("group a: 3 of 3, ts01 ts02 ts03", "group b: 3 of 3, ts04 ts05 ts06"))
      << "7 of the site are too few for nine tenths to do";
}

TEST(PathFailures, OfEqualScopesSiteThenSubnetThenGroup) {
  std::vector<TargetState> states;
  for (auto& state : numbered(1, 3, down_at(5000)))
    states.push_back(at_address(std::move(state), "10.0.7.9:3389"));
  EXPECT_THAT(found(states), ElementsAre("subnet 10.0.7.0/24: 3 of 3, ts01 ts02 ts03"));
  for (auto& state : states) state = with_label(std::move(state), "site", "fra1");
  EXPECT_THAT(found(states), ElementsAre("site fra1: 3 of 3, ts01 ts02 ts03"));
}

TEST(PathFailures, SaySinceWhenAndListABoundedNumber) {
  std::vector<TargetState> states;
  for (int i = 0; i < 150; ++i) states.push_back(down("h" + std::to_string(1000 + i), 5000 + i % 60));
  const auto paths = path_failures(fleet_of(std::move(states)));
  ASSERT_EQ(paths.size(), 1u);
  EXPECT_EQ(paths[0].members, 150u);
  EXPECT_EQ(paths[0].listed.size(), 100u);
  EXPECT_EQ(paths[0].hashes.size(), 150u);
  EXPECT_EQ(paths[0].since, at(5000));
}

bool blind(std::vector<TargetState> states) {
  const auto fleet = fleet_of(std::move(states));
  return is_prober_blind(fleet, path_failures(fleet));
}

TEST(ProberBlind, MostOfAtLeastThreeGroups) {
  const auto two_down = numbered(1, 2, down_at(5000, "a")) + numbered(3, 4, down_at(5050, "b"));
  EXPECT_TRUE(blind(two_down + numbered(5, 6, up_in("c"))));
  EXPECT_FALSE(blind(two_down + numbered(5, 6, up_in("c")) + numbered(7, 8, up_in("d"))))
      << "half is not most";
  EXPECT_FALSE(blind(numbered(1, 2, down_at(5000, "a")) + numbered(3, 4, down_at(7000, "b")) +
                     numbered(5, 6, up_in("c"))))
      << "one after the other";
}

TEST(ProberBlind, AGroupIsLostWithThreeQuartersOfItsMembers) {
  const auto rest = numbered(11, 14, down_at(5000, "b")) + numbered(21, 24, up_in("c"));
  EXPECT_TRUE(blind(numbered(1, 3, down_at(5000, "a")) + numbered(4, 4, up_in("a")) + rest));
  EXPECT_FALSE(blind(numbered(1, 2, down_at(5000, "a")) + numbered(3, 4, up_in("a")) + rest));
}

TEST(ProberBlind, WithFewerGroupsAllOfFive) {
  EXPECT_TRUE(blind(numbered(1, 5, down_at(5000))));
  EXPECT_TRUE(blind(numbered(1, 4, down_at(5000)) + numbered(5, 9, down_at(5010, "b"))));
  EXPECT_FALSE(blind(numbered(1, 4, down_at(5000))));
  EXPECT_FALSE(blind(numbered(1, 5, down_at(5000)) + numbered(6, 6, up_in("a"))));
  EXPECT_TRUE(blind(numbered(1, 5, down_at(5000)) + std::vector{down("ts06", 1000), never_up("ts07", 5000)}));
}

TEST(ProberBlind, NotWhereASiteExplainsItAndOthersAreUp) {
  std::vector<TargetState> states;
  for (auto& state : numbered(1, 2, down_at(5000, "a")) + numbered(3, 4, down_at(5050, "b")))
    states.push_back(with_label(std::move(state), "site", "fra1"));
  EXPECT_FALSE(blind(states + numbered(5, 6, up_in("c"))));
}

TEST(ProberBlind, AHealthyFleetAndOneThatWasNeverUpSayNothing) {
  EXPECT_FALSE(blind({}));
  EXPECT_FALSE(blind(numbered(1, 9, up_in("a"))));
  EXPECT_FALSE(blind(numbered(1, 9, [](const std::string& name) { return never_up(name, 5000); })));
}

}  // namespace
}  // namespace rdpwatch::fleet
