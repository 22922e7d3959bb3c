#include "daemon/scheduling/fleet_context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::scheduling {
namespace {

using fleet::EndpointKey;
using fleet::FleetJudgement;
using fleet::ResultStore;
using fleet::TargetState;
using fleet::test::down;
using fleet::test::run;
using fleet::test::success;
using fleet::test::target;
using fleet::test::timeout;
using fleet::test::up;
using testing::IsEmpty;

void judge(ResultStore& store, const std::vector<TargetState>& fleet) {
  std::vector<fleet::StatePtr> states;
  for (const auto& state : fleet) states.push_back(std::make_shared<const TargetState>(state));
  store.set_judgement(std::make_shared<const FleetJudgement>(states, fleet::test::at(fleet::test::kLastRun)));
}

diagnosis::FleetContext context_of(const ResultStore& store, const std::string& name) {
  return fleet_context(store, {name, ""}, *target(name));
}

TEST(FleetContext, of_an_endpoint_that_nobody_knows_is_empty) {
  const ResultStore store;
  const auto context = context_of(store, "ts09:3389");
  EXPECT_FALSE(context.last_success);
  EXPECT_FALSE(context.certificate);
  EXPECT_FALSE(context.host);
  EXPECT_EQ(context.last_address, "");
  EXPECT_EQ(context.siblings, 0U);
  EXPECT_FALSE(context.sibling);
  EXPECT_FALSE(context.shared);
  EXPECT_FALSE(context.prober_blind);
  EXPECT_FALSE(context.prober_clock_wrong);
  EXPECT_THAT(context.differences, IsEmpty());
}

TEST(FleetContext, has_what_was_last_seen_before_the_failure) {
  ResultStore store;
  const EndpointKey key{"ts09:3389", ""};
  store.put_endpoint(key, target("ts09:3389"), fleet::test::at(0));
  auto seen = success("aa");
  seen.host.emplace();
  seen.host->os_build = "10.0.20348";
  store.record(key, run({seen}, 100));
  auto lost = timeout();
  lost.address = "10.0.0.10:3389";
  store.record(key, run({lost}, 160));

  const auto context = context_of(store, "ts09:3389");
  EXPECT_EQ(context.last_success, fleet::test::at(100));
  ASSERT_TRUE(context.certificate);
  EXPECT_EQ(context.certificate->sha256, "aa");
  ASSERT_TRUE(context.host);
  EXPECT_EQ(context.host->os_build, "10.0.20348");
  EXPECT_EQ(context.last_address, "10.0.0.9") << "of the run that was well, without its port";
}

TEST(FleetContext, names_a_healthy_sibling_that_is_still_there) {
  ResultStore store;
  judge(store, {up("ts01:3389"), up("ts02:3389"), down("ts03:3389", 999000), down("ts09:3389", 999900)});
  EXPECT_EQ(context_of(store, "ts09:3389").siblings, 3U);
  EXPECT_EQ(context_of(store, "ts09:3389").siblings_up, 2U);
  EXPECT_FALSE(context_of(store, "ts09:3389").sibling) << "both were removed since the judgement";

  store.put_endpoint({"ts02:3389", ""}, target("ts02:3389"), fleet::test::at(0));
  ASSERT_TRUE(context_of(store, "ts09:3389").sibling);
  EXPECT_EQ(context_of(store, "ts09:3389").sibling->target, "ts02:3389");
  EXPECT_EQ(context_of(store, "ts09:3389").sibling->pinned_address, "");
}

TEST(FleetContext, a_sibling_of_an_expanded_name_is_pinned_to_its_address) {
  ResultStore store;
  auto sibling = up("farm:3389");
  sibling.key.address = "10.0.0.8";
  judge(store, {sibling, down("ts09:3389", 999900)});
  store.put_endpoint({"farm:3389", "10.0.0.8"}, target("farm:3389"), fleet::test::at(0));
  ASSERT_TRUE(context_of(store, "ts09:3389").sibling);
  EXPECT_EQ(context_of(store, "ts09:3389").sibling->pinned_address, "10.0.0.8");
}

TEST(FleetContext, says_what_went_down_together) {
  ResultStore store;
  judge(store, {down("ts01:3389", 999900), down("ts02:3389", 999900), down("ts09:3389", 999900)});
  const auto context = context_of(store, "ts09:3389");
  ASSERT_TRUE(context.shared);
  EXPECT_EQ(context.shared->scope, "group");
  EXPECT_EQ(context.shared->name, "a");
  EXPECT_EQ(context.shared->members, 3U);
  EXPECT_FALSE(context.prober_blind) << "too few to say so";
}

TEST(FleetContext, says_when_it_is_more_likely_us) {
  ResultStore store;
  std::vector<TargetState> fleet;
  for (const char* group : {"a", "b", "c"}) {
    for (const char* name : {"1", "2", "3"}) fleet.push_back(down(std::string(group) + name, 999900, group));
  }
  judge(store, fleet);
  EXPECT_TRUE(context_of(store, "a1").prober_blind);
}

TEST(FleetContext, says_in_sentences_how_it_differs) {
  ResultStore store;
  std::vector<TargetState> fleet{down("ts09:3389", 999900)};
  for (const char* name : {"ts01:3389", "ts02:3389", "ts03:3389", "ts04:3389"}) fleet.push_back(up(name));
  judge(store, fleet);
  const auto context = context_of(store, "ts09:3389");
  EXPECT_THAT(context.differences,
              testing::ElementsAre("it is down, and 4 of the 4 others in the group are up"));
}

}  // namespace
}  // namespace rdpwatch::scheduling
