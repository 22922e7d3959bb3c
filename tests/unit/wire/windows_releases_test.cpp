#include "probes/wire/windows_releases.hpp"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

namespace rdpwatch::wire {
namespace {

TEST(WindowsReleases, NamesKnownBuilds) {
  EXPECT_EQ(windows_release(5, 2, 3790), "Windows Server 2003 / XP x64");
  EXPECT_EQ(windows_release(6, 1, 7601), "Windows 7 SP1 / Server 2008 R2 SP1");
  EXPECT_EQ(windows_release(10, 0, 17763), "Windows 10 1809 / Server 2019");
  EXPECT_EQ(windows_release(10, 0, 19041), "Windows 10 2004 to 22H2");
  EXPECT_EQ(windows_release(10, 0, 20348), "Windows Server 2022");
  EXPECT_EQ(windows_release(10, 0, 26100), "Windows 11 24H2 / Server 2025");
}

TEST(WindowsReleases, GivesNothingForOthers) {
  EXPECT_EQ(windows_release(10, 0, 20349), std::nullopt);
  EXPECT_EQ(windows_release(6, 0, 20348), std::nullopt);
  EXPECT_EQ(windows_release(10, 1, 20348), std::nullopt);
  EXPECT_EQ(windows_release(0, 0, 0), std::nullopt);
}

TEST(WindowsReleases, TableIsSortedAndHoldsNoBuildTwice) {
  using Version = std::tuple<int, int, int>;
  const std::vector<Version> versions = {
#define RDPWATCH_WINDOWS_RELEASE(major, minor, build, name) {major, minor, build},
#include "probes/wire/windows_releases.def"
#undef RDPWATCH_WINDOWS_RELEASE
  };
  EXPECT_EQ(versions.size(), 31u);
  for (std::size_t i = 1; i < versions.size(); ++i) EXPECT_LT(versions[i - 1], versions[i]);
}

}  // namespace
}  // namespace rdpwatch::wire
