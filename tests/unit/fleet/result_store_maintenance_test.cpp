#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fleet/results.hpp"

namespace rdpwatch::fleet {
namespace {

using namespace test;

MaintenancePtr patches() {
  return std::make_shared<const Maintenance>(Maintenance{"", "patches", at(0), at(9999), "", ""});
}

/// Covers the targets of group a.
Coverage group_a(const MaintenancePtr& maintenance) {
  return [maintenance](const inventory::Target& covered) {
    return covered.group == "a" ? maintenance : nullptr;
  };
}

std::array<std::uint64_t, 5> counts(const ResultStore& store, const std::string& group = "a") {
  return store.groups().at(group).targets;
}

class StoreMaintenance : public testing::Test {
 protected:
  StoreMaintenance() { store_.put_endpoint(kKey, target("ts01:3389"), at(1)); }

  TargetStatus status() const { return store_.find(kKey)->status; }

  ResultStore store_;
};

TEST_F(StoreMaintenance, WhatIsDownIsInMaintenanceAndDownAgainAfterIt) {
  store_.record(kKey, run({timeout()}, 10));
  const auto begun = store_.set_coverage(group_a(patches()), at(20));
  ASSERT_EQ(begun.size(), 1u);
  EXPECT_EQ(begun[0].from, TargetStatus::down);
  EXPECT_EQ(begun[0].to, TargetStatus::maintenance);
  EXPECT_EQ(begun[0].previous_since, at(10));
  EXPECT_EQ(status(), TargetStatus::maintenance);
  EXPECT_EQ(store_.find(kKey)->status_since, at(20));
  EXPECT_EQ(counts(store_), (std::array<std::uint64_t, 5>{0, 0, 0, 0, 1}));
  EXPECT_EQ(store_.record(kKey, run({timeout()}, 70)), std::nullopt) << "still the same";
  const auto over = store_.set_coverage({}, at(80));
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0].from, TargetStatus::maintenance);
  EXPECT_EQ(over[0].to, TargetStatus::down);
  EXPECT_EQ(store_.find(kKey)->maintenance, nullptr);
  EXPECT_EQ(store_.find(kKey)->failing_since, at(10)) << "what was observed stays";
  EXPECT_EQ(counts(store_), (std::array<std::uint64_t, 5>{0, 1, 0, 0, 0}));
}

TEST_F(StoreMaintenance, WhatIsUpStaysUpAndWhatIsUnknownStaysUnknown) {
  EXPECT_TRUE(store_.set_coverage(group_a(patches()), at(5)).empty());
  EXPECT_EQ(status(), TargetStatus::unknown);
  store_.record(kKey, run({success()}, 10));
  EXPECT_EQ(status(), TargetStatus::up);
  EXPECT_EQ(store_.find(kKey)->maintenance->name, "patches");
}

TEST_F(StoreMaintenance, WhatGoesDownInItIsNeverDown) {
  store_.record(kKey, run({success()}, 10));
  store_.set_coverage(group_a(patches()), at(20));
  const auto failing = store_.record(kKey, run({timeout()}, 70));
  ASSERT_TRUE(failing);
  EXPECT_EQ(failing->from, TargetStatus::up);
  EXPECT_EQ(failing->to, TargetStatus::maintenance);
  EXPECT_EQ(store_.find(kKey)->consecutive_failures, 1u);
  const auto back = store_.record(kKey, run({success()}, 130));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->from, TargetStatus::maintenance);
  EXPECT_EQ(back->to, TargetStatus::up);
}

TEST_F(StoreMaintenance, WhatFlapsIsInMaintenance) {
  for (int i = 0; i < 6; ++i) store_.record(kKey, run({i % 2 == 0 ? success() : timeout()}, 10 + i));
  EXPECT_EQ(status(), TargetStatus::flapping);
  store_.set_coverage(group_a(patches()), at(20));
  EXPECT_EQ(status(), TargetStatus::maintenance);
  store_.set_coverage({}, at(30));
  EXPECT_EQ(status(), TargetStatus::flapping);
}

TEST_F(StoreMaintenance, EndpointsThatComeLaterAreCoveredFromTheStart) {
  store_.set_coverage(group_a(patches()), at(5));
  const EndpointKey expanded{"farm:3389", "10.0.0.1"};
  store_.put_endpoint(expanded, target("farm:3389"), at(6));
  EXPECT_EQ(store_.find(expanded)->maintenance->name, "patches");
  const auto first = store_.record(expanded, run({timeout()}, 10));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->to, TargetStatus::maintenance);
}

TEST_F(StoreMaintenance, ATargetThatMovesToAnotherGroupLeavesIt) {
  store_.record(kKey, run({timeout()}, 10));
  store_.set_coverage(group_a(patches()), at(20));
  store_.put_endpoint(kKey, target("ts01:3389", "b"), at(30));
  EXPECT_EQ(status(), TargetStatus::down);
  EXPECT_EQ(store_.find(kKey)->maintenance, nullptr);
  EXPECT_EQ(counts(store_, "b"), (std::array<std::uint64_t, 5>{0, 1, 0, 0, 0}));
  EXPECT_FALSE(store_.groups().contains("a"));
}

TEST_F(StoreMaintenance, TheSameMaintenanceAgainTouchesNoState) {
  const auto maintenance = patches();
  store_.set_coverage(group_a(maintenance), at(5));
  const auto before = store_.find(kKey);
  store_.set_coverage(group_a(maintenance), at(6));
  EXPECT_EQ(store_.find(kKey), before);
}

}  // namespace
}  // namespace rdpwatch::fleet
