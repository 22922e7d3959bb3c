#include "daemon/inventory/group_discovery.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::inventory {
namespace {

using Mode = GroupDiscovery::Mode;

std::vector<DiscoveredTarget> hosts(int from, int to) {
  std::vector<DiscoveredTarget> targets;
  for (int i = from; i < to; ++i) {
    config::TargetSettings target;
    target.host = "h" + std::to_string(i);
    targets.push_back(std::make_shared<const config::TargetSettings>(target));
  }
  return targets;
}

TEST(RemovesTooMuch, takes_more_than_a_fifth_and_more_than_ten) {
  EXPECT_FALSE(removes_too_much(0, 0));
  EXPECT_FALSE(removes_too_much(10, 10));
  EXPECT_TRUE(removes_too_much(11, 11));
  EXPECT_TRUE(removes_too_much(11, 54));
  EXPECT_FALSE(removes_too_much(11, 55));
  EXPECT_TRUE(removes_too_much(12, 55));
  EXPECT_FALSE(removes_too_much(10000, 50000));
  EXPECT_TRUE(removes_too_much(10001, 50000));
}

TEST(GroupDiscovery, holds_an_update_as_a_whole_until_it_removes_less) {
  GroupDiscovery group;
  group.offer("g", hosts(0, 50), {}, 0, Mode::guarded);
  EXPECT_EQ(group.targets().size(), 50u);
  std::vector<DiscoveredTarget> update = hosts(0, 39);
  const std::vector<DiscoveredTarget> added = hosts(100, 105);
  update.insert(update.end(), added.begin(), added.end());
  group.offer("g", update, {}, 0, Mode::guarded);
  EXPECT_EQ(group.targets().size(), 50u);
  EXPECT_EQ(group.held(), (HeldChange{"g", 11, 50}));
  group.offer("g", hosts(0, 40), {}, 0, Mode::guarded);
  EXPECT_EQ(group.targets().size(), 40u);
  EXPECT_EQ(group.held(), std::nullopt);
}

TEST(GroupDiscovery, accepting_takes_what_was_held) {
  GroupDiscovery group;
  group.offer("g", hosts(0, 50), {}, 0, Mode::accept);
  group.offer("g", {}, {}, 0, Mode::guarded);
  EXPECT_EQ(group.held(), (HeldChange{"g", 50, 50}));
  group.offer("g", {}, {}, 0, Mode::accept);
  EXPECT_EQ(group.held(), std::nullopt);
  EXPECT_TRUE(group.targets().empty());
}

TEST(GroupDiscovery, configured_targets_count_into_the_whole) {
  GroupDiscovery group;
  group.offer("g", hosts(0, 11), {}, 44, Mode::guarded);
  group.offer("g", {}, {}, 44, Mode::guarded);
  EXPECT_EQ(group.held(), std::nullopt);
  EXPECT_TRUE(group.targets().empty());
}

TEST(GroupDiscovery, of_equal_names_the_first_wins_and_configured_ones_before_all) {
  GroupDiscovery group;
  std::vector<DiscoveredTarget> offered = hosts(0, 3);
  const DiscoveredTarget first = offered[1];
  const std::vector<DiscoveredTarget> again = hosts(1, 3);
  offered.insert(offered.end(), again.begin(), again.end());
  group.offer("g", offered, {"h2:3389"}, 1, Mode::guarded);
  ASSERT_EQ(group.targets().size(), 2u);
  EXPECT_EQ(group.targets()[1], first);
  EXPECT_EQ(group.duplicates(), 3u);
}

TEST(GroupDiscovery, a_target_that_moved_into_the_configuration_is_not_removed) {
  GroupDiscovery group;
  group.offer("g", hosts(0, 12), {}, 0, Mode::guarded);
  std::unordered_set<std::string> configured;
  for (int i = 0; i < 12; ++i) configured.insert("h" + std::to_string(i) + ":3389");
  group.offer("g", {}, configured, 12, Mode::guarded);
  EXPECT_EQ(group.held(), std::nullopt);
}

}  // namespace
}  // namespace rdpwatch::inventory
