#include "daemon/maintenance/maintenances.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rdpwatch::maintenance {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// A Tuesday, 2026-12-01 12:00 UTC.
const WallTime kNoon = std::chrono::sys_days(2026y / 12 / 1) + 12h;

config::WindowSettings tuesdays(const std::string& name, std::chrono::minutes at,
                                std::chrono::milliseconds duration, const std::string& group = "rdsh") {
  config::WindowSettings window;
  window.name = name;
  window.match.groups = {group};
  window.repeat = config::WindowRepeat::weekly;
  window.weekdays = {2};
  window.at = at;
  window.duration = duration;
  window.reason = "updates";
  return window;
}

class MaintenancesTest : public testing::Test {
 protected:
  MaintenancesTest() {
    for (const auto& [name, group, site] : {std::tuple("ts01:3389", "rdsh", "fra1"),
                                            {"ts02:3389", "rdsh", "ams1"},
                                            {"vd01:3389", "vdi", "fra1"}}) {
      inventory::Target target;
      target.name = name;
      target.group = group;
      target.labels = {{"site", site}};
      targets_[name] = std::make_shared<const inventory::Target>(std::move(target));
    }
    maintenances_.set_inventory(std::make_shared<const inventory::Snapshot>(targets_));
  }

  Listed start(std::vector<std::string> match, std::chrono::milliseconds duration, WallTime now = kNoon) {
    const auto started = maintenances_.start({std::move(match), duration, "a reason", "somebody"}, now);
    EXPECT_TRUE(std::holds_alternative<Listed>(started)) << std::get<Refusal>(started).what;
    return std::get<Listed>(started);
  }

  Refusal refused(const StartRequest& request) {
    const auto started = maintenances_.start(request, kNoon);
    EXPECT_TRUE(std::holds_alternative<Refusal>(started));
    return std::get<Refusal>(started);
  }

  /// "started NAME", in their order; the coverage is kept.
  std::vector<std::string> tick(WallTime now) {
    auto tick = maintenances_.tick(now);
    if (tick.coverage) coverage_ = *std::move(tick.coverage);
    new_coverage_ = tick.coverage.has_value();
    std::vector<std::string> out;
    for (const auto& change : tick.changes) {
      out.push_back(std::string(name(change.kind)) + " " + change.maintenance.name);
      targets_of_last_ = change.targets;
      by_of_last_ = change.by;
    }
    return out;
  }

  /// The name of what covers the target; empty: nothing.
  std::string covered_by(const std::string& target) const {
    const auto maintenance = coverage_ ? coverage_(*targets_.at(target)) : nullptr;
    return maintenance ? maintenance->name : "";
  }

  int woken_ = 0;
  Maintenances maintenances_{[this] { ++woken_; }};
  inventory::Snapshot targets_;
  fleet::Coverage coverage_;
  bool new_coverage_ = false;
  std::size_t targets_of_last_ = 0;
  std::string by_of_last_;
};

TEST_F(MaintenancesTest, NoneCoversNothing) {
  EXPECT_THAT(tick(kNoon), IsEmpty());
  EXPECT_FALSE(new_coverage_);
  EXPECT_THAT(maintenances_.list(kNoon), IsEmpty());
}

TEST_F(MaintenancesTest, OneThatIsStartedEndsByItself) {
  const Listed started = start({"site=fra1"}, 2h);
  EXPECT_EQ(started.targets, 2u);
  EXPECT_EQ(started.maintenance.until, kNoon + 2h);
  EXPECT_EQ(started.maintenance.by, "somebody");
  EXPECT_EQ(woken_, 1);
  EXPECT_THAT(tick(kNoon), ElementsAre("started site=fra1"));
  EXPECT_EQ(targets_of_last_, 2u);
  EXPECT_EQ(covered_by("ts01:3389"), "site=fra1");
  EXPECT_EQ(covered_by("ts02:3389"), "");
  EXPECT_EQ(covered_by("vd01:3389"), "site=fra1");
  EXPECT_THAT(tick(kNoon + 1h), IsEmpty());
  EXPECT_FALSE(new_coverage_);
  EXPECT_THAT(tick(kNoon + 2h), ElementsAre("ran_out site=fra1"));
  EXPECT_TRUE(new_coverage_);
  EXPECT_EQ(covered_by("ts01:3389"), "");
  EXPECT_THAT(maintenances_.ad_hoc(), IsEmpty());
}

TEST_F(MaintenancesTest, OneThatIsEndedEarlySaysByWhom) {
  const auto id = start({"group=rdsh"}, 2h).maintenance.id;
  tick(kNoon);
  EXPECT_FALSE(maintenances_.end("m00000000", "x", kNoon));
  EXPECT_TRUE(maintenances_.end(id, "another", kNoon + 1min));
  EXPECT_FALSE(maintenances_.end(id, "another", kNoon + 1min)) << "it has ended";
  EXPECT_EQ(woken_, 2);
  EXPECT_THAT(tick(kNoon + 1min), ElementsAre("ended group=rdsh"));
  EXPECT_EQ(by_of_last_, "another");
  EXPECT_EQ(covered_by("ts01:3389"), "");
}

TEST_F(MaintenancesTest, OneWhoseTimeIsOverCantBeEnded) {
  const auto id = start({"group=rdsh"}, 2h).maintenance.id;
  EXPECT_FALSE(maintenances_.end(id, "x", kNoon + 2h));
}

TEST_F(MaintenancesTest, WhatIsStartedAndEndedBetweenTwoTicksIsTold) {
  const auto id = start({"group=rdsh"}, 2h).maintenance.id;
  maintenances_.end(id, "x", kNoon);
  EXPECT_THAT(tick(kNoon), ElementsAre("started group=rdsh", "ended group=rdsh"));
  EXPECT_FALSE(new_coverage_);
}

TEST_F(MaintenancesTest, WindowsOpenAndClose) {
  maintenances_.set_windows({tuesdays("patches", 22h, 4h)});
  EXPECT_THAT(tick(kNoon), IsEmpty());
  EXPECT_THAT(tick(kNoon + 10h), ElementsAre("started patches"));
  EXPECT_EQ(targets_of_last_, 2u);
  EXPECT_EQ(covered_by("ts02:3389"), "patches");
  EXPECT_EQ(covered_by("vd01:3389"), "");
  EXPECT_THAT(tick(kNoon + 14h - 1s), IsEmpty());
  EXPECT_THAT(tick(kNoon + 14h), ElementsAre("ran_out patches"));
  EXPECT_EQ(covered_by("ts02:3389"), "");
}

TEST_F(MaintenancesTest, AReloadThatChangesNothingChangesNothing) {
  maintenances_.set_windows({tuesdays("patches", 11h, 4h)});
  tick(kNoon);
  const auto before = coverage_(*targets_.at("ts01:3389"));
  maintenances_.set_windows({tuesdays("patches", 11h, 4h)});
  EXPECT_THAT(tick(kNoon + 1s), IsEmpty());
  EXPECT_FALSE(new_coverage_);
  maintenances_.set_windows({tuesdays("patches", 11h, 4h), tuesdays("more", 11h, 3h, "vdi")});
  EXPECT_THAT(tick(kNoon + 2s), ElementsAre("started more"));
  EXPECT_EQ(coverage_(*targets_.at("ts01:3389")), before) << "the same object: nothing changed for it";
}

TEST_F(MaintenancesTest, AWindowThatTheConfigurationLosesIsEnded) {
  maintenances_.set_windows({tuesdays("patches", 11h, 4h)});
  tick(kNoon);
  maintenances_.set_windows({});
  EXPECT_THAT(tick(kNoon + 1s), ElementsAre("ended patches"));
  EXPECT_EQ(covered_by("ts01:3389"), "");
}

TEST_F(MaintenancesTest, AWindowThatIsMadeLongerOrCoversOthersGoesOn) {
  maintenances_.set_windows({tuesdays("patches", 11h, 4h)});
  tick(kNoon);
  maintenances_.set_windows({tuesdays("patches", 11h, 6h, "vdi")});
  EXPECT_THAT(tick(kNoon + 1s), IsEmpty());
  EXPECT_TRUE(new_coverage_);
  EXPECT_EQ(covered_by("ts01:3389"), "");
  EXPECT_EQ(coverage_(*targets_.at("vd01:3389"))->until, kNoon + 5h);
}

TEST_F(MaintenancesTest, OfSeveralTheOneThatEndsLastIsTold) {
  maintenances_.set_windows({tuesdays("patches", 11h, 4h)});
  start({"target=ts01"}, 12h);
  start({"target=ts0*"}, 1h);
  tick(kNoon);
  EXPECT_EQ(covered_by("ts01:3389"), "target=ts01");
  EXPECT_EQ(covered_by("ts02:3389"), "patches");
}

TEST_F(MaintenancesTest, WhatIsKeptOverARestartGoesOnAndEnds) {
  start({"site=fra1"}, 2h);
  const auto kept = maintenances_.ad_hoc();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_THAT(kept[0].match, ElementsAre("site=fra1"));
  Maintenances after;
  after.set_inventory(std::make_shared<const inventory::Snapshot>(targets_));
  after.restore({kept[0], {"m1", {"not a match"}, kNoon, kNoon + 1h, "", ""}});
  auto begun = after.tick(kNoon + 1h);
  EXPECT_THAT(begun.changes, IsEmpty()) << "it did not begin now";
  ASSERT_TRUE(begun.coverage);
  EXPECT_EQ((*begun.coverage)(*targets_.at("ts01:3389"))->id, kept[0].id);
  Maintenances late;
  late.restore(kept);
  const auto over = late.tick(kNoon + 3h);
  ASSERT_EQ(over.changes.size(), 1u);
  EXPECT_EQ(over.changes[0].kind, Change::Kind::ran_out);
  EXPECT_FALSE(over.coverage);
}

TEST_F(MaintenancesTest, TheListHasWhatGoesOnAndWhatComesWithinAWeek) {
  maintenances_.set_windows({tuesdays("tonight", 22h, 4h), tuesdays("now", 11h, 3h)});
  const auto id = start({"site=fra1"}, 1h).maintenance.id;
  const auto listed = maintenances_.list(kNoon);
  ASSERT_EQ(listed.size(), 4u);
  EXPECT_EQ(listed[0].maintenance.id, id);
  EXPECT_TRUE(listed[0].active);
  EXPECT_EQ(listed[1].maintenance.name, "now");
  EXPECT_TRUE(listed[1].active);
  EXPECT_EQ(listed[1].match, "group=rdsh");
  EXPECT_EQ(listed[1].targets, 2u);
  EXPECT_EQ(listed[2].maintenance.name, "tonight");
  EXPECT_FALSE(listed[2].active);
  EXPECT_EQ(listed[2].maintenance.from, kNoon + 10h);
  EXPECT_EQ(listed[3].maintenance.name, "now");
  EXPECT_EQ(listed[3].maintenance.from, kNoon + 7 * 24h - 1h);
}

TEST_F(MaintenancesTest, RefusesWhatCantBeMeant) {
  EXPECT_EQ(refused({{"site=fra1"}, 59s, "r", ""}).what, "a maintenance can't go on for 59s");
  EXPECT_THAT(refused({{"site=fra1"}, 30 * 24h + 1s, "r", ""}).allowed,
              ElementsAre("1m to 30d, such as 30m or 2h"));
  EXPECT_EQ(refused({{"site=fra1"}, 1h, "", ""}).what, "a maintenance needs a reason");
  EXPECT_EQ(refused({{"site=fra1"}, 1h, "a\nb", ""}).what, "a maintenance needs a reason");
  EXPECT_EQ(refused({{"site=fra1"}, 1h, "r", std::string(101, 'x')}).what,
            "the name of who starts it is too long or has control characters");
  EXPECT_EQ(refused({{"fra1"}, 1h, "r", ""}).what,
            "'fra1' says not what to cover, allowed: group=NAME, target=GLOB (with * and ?) or label=value");
}

TEST_F(MaintenancesTest, WhatCoversNoTargetIsRefusedUnlessItIsMeantSo) {
  EXPECT_EQ(refused({{"site=fra2"}, 1h, "r", ""}).what, "no target of the inventory fits site=fra2");
  const auto started = maintenances_.start({{"site=fra2"}, 1h, "r", "", true}, kNoon);
  ASSERT_TRUE(std::holds_alternative<Listed>(started));
  EXPECT_EQ(std::get<Listed>(started).targets, 0u);
}

TEST_F(MaintenancesTest, ThereAreOnlySoManyAtATime) {
  for (std::size_t i = 0; i < kMostAdHoc; ++i) start({"site=fra1"}, 1h);
  EXPECT_EQ(refused({{"site=fra1"}, 1h, "r", ""}).what, "there are 200 maintenances already");
  tick(kNoon + 1h);
  start({"site=fra1"}, 1h, kNoon + 1h);
}

}  // namespace
}  // namespace rdpwatch::maintenance
