#include "daemon/scheduling/schedule_policy.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/scheduling/results.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;
using handshake::FailureReason;
using handshake::Phase;
using handshake::TlsProfile;
using handshake::Verdict;

/// 2026-11-22 14:00:00.000 UTC, a whole multiple of a minute.
const ClockAnchor kAnchor{kStart, std::chrono::system_clock::time_point(1795356000s)};

TEST(StableHash, IsTheSameEverywhere) {
  EXPECT_EQ(stable_hash(""), 0xecba3df2c3383c52u);
  EXPECT_EQ(stable_hash("ts01.corp.example.com:3389"), 0x6f608a6c0758e1bcu);
  EXPECT_EQ(stable_hash("ts02.corp.example.com:3389"), 0xa5810f7b158e9de4u);
}

TEST(StableHash, SpreadsTheNamesOfAFarmEvenly) {
  std::vector<int> per_second(60, 0);
  for (int i = 0; i < 6000; ++i) {
    const auto hash = stable_hash("ts" + std::to_string(i) + ".corp.example.com:3389");
    ++per_second[hash % 60000 / 1000];
  }
  for (const int count : per_second) {
    EXPECT_GT(count, 55);  // 100 expected, standard deviation 10
    EXPECT_LT(count, 145);
  }
}

TEST(DueGrid, StandsOnTheWallClocksEpoch) {
  const DueGrid grid(kAnchor, 60s, 15000);
  EXPECT_EQ(grid.next_after(kStart), kStart + 15s);
  EXPECT_EQ(grid.next_after(kStart + 14999ms), kStart + 15s);
  EXPECT_EQ(grid.next_after(kStart + 15s), kStart + 75s) << "strictly after";
  EXPECT_EQ(grid.next_after(kStart + 15s - 1ns), kStart + 15s);
  EXPECT_EQ(grid.next_after(kStart - 50s), kStart - 45s);
}

TEST(DueGrid, IsTheSameForAnotherProcessThatStartedLater) {
  const DueGrid first(kAnchor, 60s, 15000);
  const ClockAnchor later{TimePoint{77s}, kAnchor.wall + 1234567ms};
  const DueGrid second(later, 60s, 15000);
  const auto wall = [](const ClockAnchor& anchor, TimePoint time) {
    return anchor.wall + (time - anchor.steady);
  };
  EXPECT_EQ(wall(kAnchor, first.next_after(kStart + 1234567ms)),
            wall(later, second.next_after(TimePoint{77s})));
}

TEST(DueGrid, TakesTheOffsetFromTheHashModuloTheInterval) {
  EXPECT_EQ(DueGrid(kAnchor, 10s, 123456789).next_after(kStart), kStart + 6789ms);
}

TEST(DueGrid, WorksBeforeTheEpoch) {
  const ClockAnchor unset_clock{kStart, std::chrono::system_clock::time_point(-90s)};
  EXPECT_EQ(DueGrid(unset_clock, 60s, 0).next_after(kStart), kStart + 30s);
  EXPECT_EQ(DueGrid(unset_clock, 60s, 0).next_after(kStart + 30s), kStart + 90s);
}

TEST(FirstDue, IsTheNextPhaseForShortIntervals) {
  EXPECT_EQ(first_due(kAnchor, 30s, 15000, kStart), kStart + 15s);
  EXPECT_EQ(first_due(kAnchor, 60s, 45000, kStart), kStart + 45s);
}

TEST(FirstDue, ComesWithinAMinuteForLongIntervalsThenTheGridRules) {
  constexpr std::uint64_t hash = 3000000 + 12000;  // 50 min 12 s into the hour
  const auto first = first_due(kAnchor, 1h, hash, kStart);
  EXPECT_EQ(first, kStart + 12s);
  EXPECT_EQ(next_due(kAnchor, 1h, hash, first, 1h, first + 100ms), kStart + 50min + 12s);
}

TEST(NextDue, SkipsWhatPassedMeanwhile) {
  const auto due = kStart + 15s;
  EXPECT_EQ(next_due(kAnchor, 60s, 15000, due, 60s, due + 1s), due + 60s);
  EXPECT_EQ(next_due(kAnchor, 60s, 15000, due, 60s, due + 130s), due + 180s);
}

TEST(NextDue, StaysOnTheGridInBackOff) {
  const auto due = kStart + 15s;
  EXPECT_EQ(next_due(kAnchor, 60s, 15000, due, 240s, due + 4s), due + 240s);
  EXPECT_EQ(next_due(kAnchor, 60s, 15000, due, 240s, due + 250s), due + 300s);
}

TEST(AuditSpacing, IsAQuarterOfASecond) {
  EXPECT_TRUE(may_begin_audit(TimePoint::min(), kStart)) << "nothing was audited before";
  EXPECT_FALSE(may_begin_audit(kStart, kStart));
  EXPECT_FALSE(may_begin_audit(kStart, kStart + 249ms));
  EXPECT_TRUE(may_begin_audit(kStart, kStart + 250ms));
}

TEST(BanLike, IsAcceptAndCloseOrSilence) {
  EXPECT_TRUE(is_ban_like(failed(Phase::negotiate, FailureReason::connection_closed)));
  EXPECT_TRUE(is_ban_like(failed(Phase::negotiate, FailureReason::connection_reset)));
  EXPECT_TRUE(is_ban_like(failed(Phase::negotiate, FailureReason::timeout)));
  EXPECT_TRUE(is_ban_like(failed(Phase::connect, FailureReason::timeout)));
}

TEST(BanLike, IsNothingElse) {
  EXPECT_FALSE(is_ban_like(succeeded()));
  EXPECT_FALSE(is_ban_like(failed(Phase::resolve, FailureReason::timeout)));
  EXPECT_FALSE(is_ban_like(failed(Phase::connect, FailureReason::connection_refused)));
  EXPECT_FALSE(is_ban_like(failed(Phase::connect, FailureReason::connection_reset)));
  EXPECT_FALSE(is_ban_like(failed(Phase::tls, FailureReason::connection_reset)));
  EXPECT_FALSE(is_ban_like(failed(Phase::tls, FailureReason::timeout)));
  EXPECT_FALSE(is_ban_like(failed(Phase::negotiate, FailureReason::not_rdp)));
  auto local = failed(Phase::connect, FailureReason::timeout);
  local.verdict = Verdict::local_fault;
  EXPECT_FALSE(is_ban_like(local));
}

TEST(BanLike, IsNotAHostThatAnsweredAnEarlierConnectionOfTheProbe) {
  auto result = failed(Phase::negotiate, FailureReason::connection_closed);
  result.negotiation.emplace().attempts.emplace_back().reason = FailureReason::ssl_required_by_server;
  EXPECT_FALSE(is_ban_like(result));
}

TEST(Confirmation, IsForEndpointsThatWereUp) {
  const PolicySettings settings{.confirm_attempts = 3};
  RunHistory history;
  EXPECT_FALSE(wants_confirmation(settings, history, 1, Verdict::failure));
  history.note(succeeded());
  EXPECT_TRUE(wants_confirmation(settings, history, 1, Verdict::failure));
  EXPECT_TRUE(wants_confirmation(settings, history, 2, Verdict::failure));
  EXPECT_FALSE(wants_confirmation(settings, history, 3, Verdict::failure));
  EXPECT_FALSE(wants_confirmation(settings, history, 1, Verdict::success));
  history.note(failed(Phase::tls, FailureReason::tls_alert));
  EXPECT_FALSE(wants_confirmation(settings, history, 1, Verdict::failure));
}

TEST(Confirmation, OneAttemptMeansNone) {
  RunHistory history;
  history.note(succeeded());
  EXPECT_FALSE(wants_confirmation({.confirm_attempts = 1}, history, 1, Verdict::failure));
}

TEST(Confirmation, OneThatComesAndGoesIsConfirmedByItsLastRun) {
  RunHistory history;
  for (int i = 0; i < 5; ++i) {
    history.note(succeeded());
    EXPECT_TRUE(wants_confirmation({}, history, 1, Verdict::failure));
    history.note(failed(Phase::connect, FailureReason::timeout));
    EXPECT_FALSE(wants_confirmation({}, history, 1, Verdict::failure));
    EXPECT_EQ(effective_interval({}, history, 60s), 60s) << "one ban-like run is no ban";
  }
}

std::vector<milliseconds> intervals_after(const PolicySettings& settings, milliseconds interval,
                                          const std::vector<handshake::ProbeResult>& runs) {
  RunHistory history;
  std::vector<milliseconds> intervals;
  for (const auto& run : runs) {
    history.note(run);
    intervals.push_back(effective_interval(settings, history, interval));
  }
  return intervals;
}

using Intervals = std::vector<milliseconds>;

TEST(BackOff, DoublesAfterTheFirstBanLikeRunOfAnEpisodeUpToTheMaximum) {
  const auto silent = failed(Phase::connect, FailureReason::timeout);
  EXPECT_EQ(intervals_after({}, 60s, {succeeded(), silent, silent, silent, silent, silent, silent, silent}),
            (Intervals{60s, 60s, 120s, 240s, 480s, 900s, 900s, 900s}));
}

TEST(BackOff, StaysAWholeMultipleOfTheInterval) {
  const auto closed = failed(Phase::negotiate, FailureReason::connection_closed);
  EXPECT_EQ(intervals_after({.max_backoff = 100s}, 30s, {succeeded(), closed, closed, closed, closed}),
            (Intervals{30s, 30s, 60s, 90s, 90s}));
}

TEST(BackOff, EndsAtASuccessOrAnyOtherFailure) {
  const auto silent = failed(Phase::connect, FailureReason::timeout);
  const auto refused = failed(Phase::connect, FailureReason::connection_refused);
  EXPECT_EQ(intervals_after({}, 60s, {succeeded(), silent, silent, succeeded(), silent, silent}),
            (Intervals{60s, 60s, 120s, 60s, 60s, 120s}));
  EXPECT_EQ(intervals_after({}, 60s, {succeeded(), silent, silent, refused, silent, silent}),
            (Intervals{60s, 60s, 120s, 60s, 60s, 60s}))
      << "a new episode needs a new success";
}

TEST(BackOff, NeverStartsForAHostThatWasNotUp) {
  const auto silent = failed(Phase::connect, FailureReason::timeout);
  const auto refused = failed(Phase::connect, FailureReason::connection_refused);
  EXPECT_EQ(intervals_after({}, 60s, {silent, silent, silent}), (Intervals{60s, 60s, 60s}));
  EXPECT_EQ(intervals_after({}, 60s, {succeeded(), refused, silent, silent}),
            (Intervals{60s, 60s, 60s, 60s}));
}

TEST(BackOff, IsOffAtZeroAndLeavesLongIntervalsAlone) {
  const auto silent = failed(Phase::connect, FailureReason::timeout);
  EXPECT_EQ(intervals_after({.max_backoff = 0s}, 60s, {succeeded(), silent, silent, silent}),
            (Intervals{60s, 60s, 60s, 60s}));
  EXPECT_EQ(intervals_after({}, 1h, {succeeded(), silent, silent, silent}), (Intervals{1h, 1h, 1h, 1h}));
}

handshake::ProbeResult with_tls(handshake::ProbeResult result, bool needs_legacy) {
  result.tls.emplace().needs_legacy = needs_legacy;
  return result;
}

TEST(TlsProfileMemory, RemembersForADayThatLegacyWasNeeded) {
  TlsProfileMemory memory;
  EXPECT_EQ(memory.first_profile(kStart), TlsProfile::modern);
  memory.note(with_tls(succeeded(), true), kStart);
  EXPECT_EQ(memory.first_profile(kStart + 1min), TlsProfile::legacy);
  memory.note(with_tls(succeeded(), true), kStart + 23h);
  EXPECT_EQ(memory.first_profile(kStart + 24h - 1s), TlsProfile::legacy);
  EXPECT_EQ(memory.first_profile(kStart + 24h), TlsProfile::modern)
      << "a day from the first time, not the last";
  memory.note(with_tls(succeeded(), true), kStart + 24h);
  EXPECT_EQ(memory.first_profile(kStart + 25h), TlsProfile::legacy);
}

TEST(TlsProfileMemory, ForgetsWhenLegacyFirstFails) {
  TlsProfileMemory memory;
  memory.note(with_tls(succeeded(), true), kStart);
  memory.note(failed(Phase::tls, FailureReason::connection_reset), kStart + 1min);
  EXPECT_EQ(memory.first_profile(kStart + 2min), TlsProfile::modern);
}

TEST(TlsProfileMemory, ForgetsWhenTheHostCanDoBetter) {
  TlsProfileMemory memory;
  memory.note(with_tls(succeeded(), true), kStart);
  memory.note(with_tls(succeeded(), false), kStart + 1min);
  EXPECT_EQ(memory.first_profile(kStart + 2min), TlsProfile::modern);
}

TEST(TlsProfileMemory, LearnsFromAProbeThatOnlyPolicyFailed) {
  TlsProfileMemory memory;
  memory.note(with_tls(failed(Phase::tls, FailureReason::certificate_expired), true), kStart);
  EXPECT_EQ(memory.first_profile(kStart + 1min), TlsProfile::legacy);
}

}  // namespace
}  // namespace rdpwatch::scheduling
