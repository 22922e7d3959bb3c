#include "daemon/fleet/run_history.hpp"

#include <gtest/gtest.h>

#include "tests/unit/fleet/results.hpp"

namespace rdpwatch::fleet {
namespace {

using handshake::FailureReason;
using handshake::Phase;
using std::chrono::milliseconds;

handshake::ProbeResult took(handshake::ProbeResult result, handshake::Duration duration) {
  result.duration = duration;
  return result;
}

TEST(RunHistory, IsEmptyBeforeTheFirstRun) {
  EXPECT_EQ(RunHistory().size(), 0u);
}

TEST(RunHistory, KeepsTheTimeTheVerdictAndTheDuration) {
  RunHistory history;
  history.note(took(test::success(), std::chrono::microseconds(41900)),
               test::at(1764000000) + milliseconds(999));
  history.note(took(test::failure(Phase::tls, FailureReason::connection_reset), milliseconds(5012)),
               test::at(1764000060));
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].finished, test::at(1764000060));
  EXPECT_EQ(history[0].duration, milliseconds(5012));
  ASSERT_TRUE(history[0].failure);
  EXPECT_EQ(history[0].failure->phase, Phase::tls);
  EXPECT_EQ(history[0].failure->reason, FailureReason::connection_reset);
  EXPECT_EQ(history[1].finished, test::at(1764000000));
  EXPECT_EQ(history[1].duration, milliseconds(41));
  EXPECT_FALSE(history[1].failure);
}

TEST(RunHistory, EveryPairOfPhaseAndReasonComesBack) {
  for (const auto& phase : handshake::kPhases) {
    for (const auto& reason : handshake::kReasons) {
      RunHistory history;
      history.note(test::failure(phase.phase, reason.reason), test::at(1));
      ASSERT_TRUE(history[0].failure) << phase.name << " " << reason.name;
      EXPECT_EQ(history[0].failure->phase, phase.phase);
      EXPECT_EQ(history[0].failure->reason, reason.reason);
    }
  }
}

TEST(RunHistory, TheThirtyFirstRunPushesTheFirstOut) {
  RunHistory history;
  for (int i = 0; i <= 30; ++i) history.note(took(test::success(), milliseconds(i)), test::at(i));
  ASSERT_EQ(history.size(), 30u);
  EXPECT_EQ(history[0].duration, milliseconds(30));
  EXPECT_EQ(history[29].duration, milliseconds(1));
}

TEST(RunHistory, WhatDoesNotFitIsTheNearestThatDoes) {
  RunHistory history;
  history.note(took(test::success(), std::chrono::minutes(2)), test::at(5000000000));
  EXPECT_EQ(history[0].duration, milliseconds(65535));
  EXPECT_EQ(history[0].finished, test::at(4294967295));
  history.note(took(test::success(), milliseconds(-3)), test::at(-1));
  EXPECT_EQ(history[0].duration, milliseconds(0));
  EXPECT_EQ(history[0].finished, test::at(0));
}

TEST(RunHistory, IsSmall) {
  EXPECT_LE(sizeof(RunHistory), 250u);
}

}  // namespace
}  // namespace rdpwatch::fleet
