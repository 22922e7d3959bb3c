#include "daemon/fleet/fleet_judgement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::fleet {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> healthy(const Standing& standing) {
  std::vector<std::string> names;
  for (const auto& key : standing.healthy_siblings) names.push_back(key.target);
  return names;
}

TEST(FleetJudgement, OfNoFleetSaysNothing) {
  const FleetJudgement judgement;
  const auto standing = judgement.standing({"ts01", ""}, "a");
  EXPECT_EQ(standing.siblings, 0u);
  EXPECT_EQ(standing.path, nullptr);
  EXPECT_FALSE(standing.prober_blind);
  EXPECT_TRUE(standing.outliers.empty());
  EXPECT_THAT(judgement.groups(), IsEmpty());
}

TEST(FleetJudgement, CountsGroupsByState) {
  auto flapping = up("ts05");
  flapping.status = TargetStatus::flapping;
  const auto judgement = judge(numbered(1, 3, plain) +
                               std::vector{down("ts04", 5000), flapping, unknown("ts06"), up("ts07", "b")});
  EXPECT_THAT(judgement.groups().at("a").targets, ElementsAre(3u, 1u, 1u, 1u, 0u));
  EXPECT_THAT(judgement.groups().at("b").targets, ElementsAre(1u, 0u, 0u, 0u, 0u));
  EXPECT_EQ(judgement.judged_at(), at(kLastRun + 10));
}

TEST(FleetJudgement, SiblingsAreTheOthersWithAVerdict) {
  const auto judgement = judge(numbered(1, 4, plain) + std::vector{down("ts05", 5000), unknown("ts06")});
  const auto of = [&judgement](const char* target) { return judgement.standing({target, ""}, "a"); };
  EXPECT_EQ(of("ts05").siblings, 4u);
  EXPECT_EQ(of("ts05").siblings_up, 4u);
  EXPECT_EQ(of("ts01").siblings, 4u);
  EXPECT_EQ(of("ts01").siblings_up, 3u);
  EXPECT_EQ(of("ts06").siblings, 5u);
  EXPECT_EQ(of("ts06").siblings_up, 4u);
  EXPECT_EQ(of("new").siblings, 5u) << "added after the judgement";
  EXPECT_EQ(judgement.standing({"ts01", ""}, "gone").siblings, 0u);
  EXPECT_EQ(of("ts05").judged_at, at(kLastRun + 10));
}

TEST(FleetJudgement, HealthySiblingsAreTheFirstThreeThatAreNoOutliers) {
  auto states = numbered(2, 9, plain) + std::vector{down("ts10", 5000)};
  for (auto& state : states) state = with_certificate(std::move(state), "Corp CA", 365);
  states.insert(states.begin(), with_certificate(up("ts01"), "", 183));
  const auto judgement = judge(std::move(states));
  EXPECT_THAT(outliers(judgement, "ts01"), testing::SizeIs(1));
  EXPECT_THAT(healthy(judgement.standing({"ts10", ""}, "a")), ElementsAre("ts02", "ts03", "ts04"));
  EXPECT_THAT(healthy(judgement.standing({"ts03", ""}, "a")), ElementsAre("ts02", "ts04", "ts05"));
}

TEST(FleetJudgement, MembersOfAPathFailureAreNoOutliers) {
  std::vector<TargetState> states = numbered(1, 30, plain);
  for (auto& state : numbered(31, 33, [](auto name) { return down(name, 5000); }))
    states.push_back(at_address(std::move(state), "10.0.7.1:3389"));
  states.push_back(at_address(down("ts34", 6000), "10.0.8.1:3389"));
  const auto judgement = judge(std::move(states));
  const auto standing = judgement.standing({"ts32", ""}, "a");
  ASSERT_NE(standing.path, nullptr);
  EXPECT_EQ(standing.path->scope, PathScope::subnet);
  EXPECT_EQ(standing.path->name, "10.0.7.0/24");
  EXPECT_EQ(standing.path->members, 3u);
  EXPECT_TRUE(standing.outliers.empty());
  EXPECT_EQ(judgement.standing({"ts34", ""}, "a").path, nullptr);
  EXPECT_THAT(outliers(judgement, "ts34"),
              ElementsAre("failure: it is down, and 30 of the 33 others in the group are up"));
}

TEST(FleetJudgement, ABlindProberBlamesNobody) {
  auto states = numbered(1, 2, [](auto name) { return down(name, 5000, "b"); }) +
                numbered(3, 4, [](auto name) { return down(name, 5000, "c"); });
  const auto group = numbered(5, 9, plain) + std::vector{down("ts10", 5000)};
  const auto judgement = judge(std::move(states) + group);
  EXPECT_TRUE(judgement.prober_blind());
  EXPECT_TRUE(judgement.standing({"ts10", ""}, "a").prober_blind);
  EXPECT_THAT(judgement.outliers(), IsEmpty());
}

TEST(FleetJudgement, TheMedianClockSpeaksAgainstUs) {
  const auto with = [](std::vector<double> skews) {
    std::vector<TargetState> states;
    for (const double skew : skews) {
      states.push_back(up("h" + std::to_string(states.size())));
      states.back().clock.skew = handshake::Seconds(skew);
    }
    return judge(std::move(states));
  };
  EXPECT_TRUE(with({-61, -61, -61, 0, 9000}).prober_clock_wrong());
  EXPECT_EQ(with({-61, -61, -61, 0, 9000}).median_clock_skew(), handshake::Seconds(-61));
  EXPECT_TRUE(with({75, 75, 75, 0, 0}).standing({"h0", ""}, "a").prober_clock_wrong);
  EXPECT_FALSE(with({60, 60, 60, 60, 60}).prober_clock_wrong());
  EXPECT_FALSE(with({9000, 9000, 0, 0, 0}).prober_clock_wrong()) << "two hosts are wrong";
  EXPECT_FALSE(with({75, 75, 75, 75}).prober_clock_wrong()) << "four are too few";
  EXPECT_EQ(with({75, 75, 75, 75}).median_clock_skew(), std::nullopt);
}

TEST(FleetJudgement, IsKeptByTheStoreForItsReaders) {
  ResultStore store;
  ASSERT_NE(store.judgement(), nullptr);
  EXPECT_EQ(store.judgement()->judged_at(), WallTime());
  const auto before = store.judgement();
  store.set_judgement(std::make_shared<const FleetJudgement>(judge({up("ts01")})));
  EXPECT_EQ(store.judgement()->groups().size(), 1u);
  EXPECT_THAT(before->groups(), IsEmpty()) << "a reader goes on with what it has";
}

}  // namespace
}  // namespace rdpwatch::fleet
