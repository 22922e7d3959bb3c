#include "daemon/scheduling/descriptor_limit.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace rdpwatch::scheduling {
namespace {

TEST(DescriptorLimit, RaisesTheSoftLimitToTheHardOne) {
  rlimit original{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &original), 0);
  ASSERT_GE(original.rlim_max, 200u);
  const rlimit lowered{200, original.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lowered), 0);
  const auto limit = raise_descriptor_limit();
  rlimit raised{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &raised), 0);
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &original), 0);
  EXPECT_EQ(limit.before, 200u);
  EXPECT_EQ(limit.now, original.rlim_max);
  EXPECT_EQ(raised.rlim_cur, original.rlim_max);
}

TEST(InFlightBudget, FitsSilently) {
  EXPECT_EQ(fit_in_flight(1512, 1000).max_in_flight, 1000);
  EXPECT_EQ(fit_in_flight(1512, 1000).warning, "");
}

TEST(InFlightBudget, IsLoweredWithAReason) {
  const auto budget = fit_in_flight(1280, 1000);
  EXPECT_EQ(budget.max_in_flight, 768);
  EXPECT_EQ(budget.warning,
            "max_in_flight is lowered from 1000 to 768: the limit of open files (RLIMIT_NOFILE) is 1280 and "
            "512 are kept for everything else; raise it (LimitNOFILE= in the systemd unit, ulimit -Hn)");
}

TEST(InFlightBudget, LeavesSomethingOfATinyLimit) {
  EXPECT_EQ(fit_in_flight(1000, 1000).max_in_flight, 500);
  EXPECT_EQ(fit_in_flight(64, 1000).max_in_flight, 32);
  EXPECT_EQ(fit_in_flight(0, 1000).max_in_flight, 1);
}

}  // namespace
}  // namespace rdpwatch::scheduling
