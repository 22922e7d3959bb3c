#include "config/deprecated_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "config/load.hpp"
#include "tests/unit/config/messages.hpp"

namespace rdpwatch::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

/// As a later release might have them.
constexpr std::array<DeprecatedKey, 3> kRenamed{
    DeprecatedKey{"", "groups", "inventory", "0.3.0"},
    DeprecatedKey{"global", "interval", "probe_interval", "0.2.0"},
    DeprecatedKey{"inventory.*", "hosts", "targets", "0.2.0"}};

TEST(DeprecatedKeys, AreReadByTheirNewNamesWithAWarning) {
  const LoadResult result = load_text(
      "global:\n  interval: 30s\n"
      "groups:\n  - group: a\n    hosts: [ts01]\n  - {group: b, targets: [ts02]}\n",
      "rdpwatch.yml", kRenamed);
  ASSERT_THAT(messages(result), IsEmpty());
  const auto& settings = std::get<Settings>(result);
  EXPECT_EQ(settings.global.probe_interval, 30s);
  EXPECT_EQ(settings.inventory.size(), 2u);
  EXPECT_THAT(
      settings.warnings,
      ElementsAre("rdpwatch.yml:3:1: 'groups' is called 'inventory' since 0.3.0; the old name will not be "
                  "read for ever",
                  "rdpwatch.yml:2:3: global: 'interval' is called 'probe_interval' since 0.2.0; the old name "
                  "will not be read for ever",
                  "rdpwatch.yml:5:5: inventory.*: 'hosts' is called 'targets' since 0.2.0; the old name will "
                  "not be read for ever"));
}

TEST(DeprecatedKeys, OfListsAreFoundInEachItem) {
  const LoadResult result =
      load_text("inventory:\n  - group: a\n    hosts: [ts01]\n  - {group: b, hosts: [ts02]}\n",
                "rdpwatch.yml", kRenamed);
  ASSERT_THAT(messages(result), IsEmpty());
  EXPECT_THAT(
      std::get<Settings>(result).warnings,
      ElementsAre("rdpwatch.yml:3:5: inventory.*: 'hosts' is called 'targets' since 0.2.0; the old name will "
                  "not be read for ever",
                  "rdpwatch.yml:4:16: inventory.*: 'hosts' is called 'targets' since 0.2.0; the old name "
                  "will not be read for ever"));
}

TEST(DeprecatedKeys, BesideTheirNewNamesAreAnError) {
  const LoadResult result =
      load_text("global: {interval: 30s, probe_interval: 60s}\ninventory: []\n", "rdpwatch.yml", kRenamed);
  EXPECT_EQ(
      messages(result).front(),
      "rdpwatch.yml:1:10: global: 'interval' is called 'probe_interval' since 0.2.0, and both are there, "
      "allowed: one of them");
}

TEST(DeprecatedKeys, WhereNothingWasRenamedNothingIsSaid) {
  const LoadResult result =
      load_text("global: {probe_interval: 60s}\ninventory: []\n", "rdpwatch.yml", kRenamed);
  ASSERT_THAT(messages(result), IsEmpty());
  EXPECT_THAT(std::get<Settings>(result).warnings, IsEmpty());
}

}  // namespace
}  // namespace rdpwatch::config
