#include "daemon/fleet/state_counts.hpp"

#include <gtest/gtest.h>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::fleet {
namespace {

using handshake::FailureReason;
using handshake::Phase;

TEST(StateCounts, AreByStatus) {
  StateCounts counts{};
  for (const auto& state : {test::down("a", 1), test::down("b", 2), test::up("c"), test::unknown("d")})
    count(counts, state);
  EXPECT_EQ(of(counts, TargetStatus::down), 2u);
  EXPECT_EQ(of(counts, TargetStatus::up), 1u);
  EXPECT_EQ(of(counts, TargetStatus::flapping), 0u);
  EXPECT_EQ(total(counts), 4u);
  EXPECT_EQ(failing(counts), 2u);
}

TEST(StateCounts, AFlappingOneFails) {
  StateCounts counts{};
  auto state = test::up("a");
  state.status = TargetStatus::flapping;
  count(counts, state);
  EXPECT_EQ(failing(counts), 1u);
}

TEST(FailureCounts, TheMostFrequentComesFirstAndEqualOnesByPhase) {
  FailureCounts counts;
  const auto add = [&counts](Phase phase, FailureReason reason) {
    auto state = test::down("a", 1);
    state.last_result = std::make_shared<const handshake::ProbeResult>(test::failure(phase, reason));
    count(counts, state);
  };
  count(counts, test::up("well"));
  add(Phase::tls, FailureReason::connection_reset);
  add(Phase::connect, FailureReason::timeout);
  add(Phase::tls, FailureReason::timeout);
  add(Phase::tls, FailureReason::timeout);
  const auto rows = most_frequent_first(counts);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].first, std::pair(Phase::tls, FailureReason::timeout));
  EXPECT_EQ(rows[0].second, 2u);
  EXPECT_EQ(rows[1].first, std::pair(Phase::connect, FailureReason::timeout));
  EXPECT_EQ(rows[2].first, std::pair(Phase::tls, FailureReason::connection_reset));
}

}  // namespace
}  // namespace rdpwatch::fleet
