#include <gtest/gtest.h>

#include "tests/unit/scheduling/scheduler_fixture.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;
using fleet::TargetStatus;
using handshake::FailureReason;
using handshake::Phase;
using handshake::TlsProfile;
using handshake::Verdict;

const auto kRefused = failed(Phase::connect, FailureReason::connection_refused);
const auto kSilent = failed(Phase::connect, FailureReason::timeout);

TEST_F(SchedulerTest, ProbesEachTargetAgainAndAgain) {
  start();
  apply({make_target("a:3389"), make_target("b:3389"), make_target("c:3389")});
  for (const auto* name : {"a:3389", "b:3389", "c:3389"}) {
    EXPECT_TRUE(eventually([&] { return runs(name) >= 3; })) << name;
    EXPECT_EQ(state(name)->status, TargetStatus::up);
  }
  for (const double lag : observer_.lags()) {
    EXPECT_GE(lag, 0.0);
    EXPECT_LT(lag, 5.0);
  }
  EXPECT_GE(observer_.lags().size(), 9u);
}

TEST_F(SchedulerTest, KeepsToItsPhase) {
  start();
  apply({make_target("a:3389", 50ms)});
  ASSERT_TRUE(eventually([&] { return prober_.count("a:3389") >= 4; }));
  const auto starts = prober_.starts("a:3389");
  for (std::size_t i = 1; i < 4; ++i)
    EXPECT_GT(starts[i] - starts[i - 1], 5ms) << "no two runs in one interval";
  EXPECT_GT(starts[3] - starts[0], 105ms) << "three intervals, less what one start may be late";
}

TEST_F(SchedulerTest, ANewCertificateIsReportedOnceWithWhetherItIsUsual) {
  const auto showing = [](const char* sha256, int days_valid_from) {
    auto result = succeeded();
    handshake::CertificateFacts facts;
    facts.sha256 = sha256;
    facts.subject_cn = "ts01";
    facts.issuer_cn = "corp CA";
    facts.not_before = std::chrono::system_clock::time_point(std::chrono::days(days_valid_from));
    facts.not_after = facts.not_before + std::chrono::days(365);
    result.certificate = facts;
    return result;
  };
  auto another_issuer = showing("cc", 20100);
  another_issuer.certificate->issuer_cn = "somebody";
  prober_.script("a:3389", {showing("aa", 20000), showing("bb", 20090), showing("aa", 20000),
                            showing("bb", 20090), another_issuer, succeeded()});
  start();
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 7; }));
  EXPECT_EQ(observer_.certificates(),
            (std::vector<CertificateSeen>{{"aa", "bb", false}, {"bb", "cc", true}}));
}

TEST_F(SchedulerTest, TheWaitAtTheGateIsPartOfTheLag) {
  auto waited = succeeded();
  waited.gate_wait = 100s;
  prober_.script("a:3389", {waited});
  start();
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return !observer_.lags().empty(); }));
  EXPECT_GE(observer_.lags().front(), 100.0);
  EXPECT_LT(observer_.lags().front(), 110.0);
}

TEST_F(SchedulerTest, ALocalFaultChangesNothingAndIsTriedAgainWhenDue) {
  prober_.script("a:3389", {local_fault(), local_fault(), succeeded()});
  start();
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 1; }));
  const auto after = state("a:3389");
  EXPECT_EQ(after->attempts_total, after->probes_total);
  const auto attempts = observer_.attempts("a:3389");
  EXPECT_EQ(attempts[0].verdict, Verdict::local_fault);
  EXPECT_EQ(attempts[1].verdict, Verdict::local_fault);
}

TEST_F(SchedulerTest, ATimeoutWhileTheLoopWasFarBehindIsAFaultOfOurOwn) {
  prober_.script("a:3389", {kSilent, succeeded()});
  prober_.block("a:3389");
  start({.confirm_delay = 1ms}, 1);
  apply({make_target("a:3389"), make_target("b:3389")});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  prober_.hog("b:3389", 1500ms);
  const auto runs_before = prober_.count("b:3389");
  ASSERT_TRUE(eventually([&] { return prober_.count("b:3389") >= runs_before + 2; }));
  prober_.release();
  ASSERT_TRUE(eventually([&] { return !observer_.attempts("a:3389").empty(); }));
  const auto attempt = observer_.attempts("a:3389").front();
  EXPECT_EQ(attempt.verdict, Verdict::local_fault);
  EXPECT_EQ(attempt.failure->reason, FailureReason::local_resources);
  EXPECT_EQ(attempt.failure->number, EBUSY);
  EXPECT_EQ(attempt.failure->detail,
            "this machine was too busy to watch the answer's time: " + kSilent.failure->detail);
  prober_.hog("b:3389", 0ms);
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 1; }));
  EXPECT_EQ(state("a:3389")->status, TargetStatus::up);
}

TEST_F(SchedulerTest, AProbeThatThrowsIsAFaultOfOurOwn) {
  prober_.let_throw("a:3389");
  start();
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return observer_.attempts("a:3389").size() >= 2; }));
  const auto attempt = observer_.attempts("a:3389").front();
  EXPECT_EQ(attempt.verdict, Verdict::local_fault);
  EXPECT_EQ(attempt.failure->reason, FailureReason::internal_error);
  EXPECT_EQ(attempt.failure->detail, "out of luck");
  EXPECT_EQ(runs("a:3389"), 0u);
}

TEST_F(SchedulerTest, WhatTheGateRefusedIsSkippedAndCounted) {
  prober_.script("a:3389", {abandoned("rate_cap"), abandoned("overloaded"), succeeded()});
  start();
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 1; }));
  EXPECT_EQ(observer_.skips(), (std::map<std::string, int>{{"rate_cap", 1}, {"overloaded", 1}}));
  const auto after = state("a:3389");
  EXPECT_EQ(after->attempts_total, after->probes_total);
}

TEST_F(SchedulerTest, ATargetStillRunningWhenDueIsSkippedAndCounted) {
  prober_.block("a:3389");
  start();
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return observer_.skips("still_running") >= 3; }));
  EXPECT_EQ(prober_.count("a:3389"), 1u);
  EXPECT_EQ(scheduler_->runs_in_flight(), 1u);
  prober_.release();
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 2; }));
  EXPECT_EQ(prober_.most_at_once("a:3389"), 1);
}

TEST_F(SchedulerTest, OneSuccessfulConfirmationMeansUp) {
  prober_.script("a:3389", {succeeded(), kRefused, kRefused, succeeded()});
  start({.confirm_attempts = 3, .confirm_delay = 1ms});
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 2; }));
  const auto after = state("a:3389");
  EXPECT_EQ(after->status, TargetStatus::up);
  EXPECT_EQ(after->probe_failures_total, 0u);
  EXPECT_EQ(after->attempt_failures_total, 2u);
  EXPECT_EQ(after->attempts_total, after->probes_total + 2);
}

TEST_F(SchedulerTest, AnUpTargetIsDownAfterAllAttemptsOfARunFailed) {
  prober_.script("a:3389", {succeeded(), kRefused});
  start({.confirm_attempts = 2, .confirm_delay = 1ms});
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return observer_.runs().size() >= 2; }));
  const auto down = observer_.runs()[1];
  ASSERT_TRUE(down.change.has_value());
  EXPECT_EQ(down.change->from, TargetStatus::up);
  EXPECT_EQ(down.change->to, TargetStatus::down);
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 4; }));
  const auto after = state("a:3389");
  EXPECT_EQ(after->attempts_total, after->probes_total + 1) << "confirmed once, when it was up";
}

TEST_F(SchedulerTest, ConfirmationWaitsItsDelay) {
  prober_.script("a:3389", {succeeded(), kRefused, succeeded()});
  start({.confirm_attempts = 2, .confirm_delay = 70ms});
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return prober_.count("a:3389") >= 3; }));
  const auto starts = prober_.starts("a:3389");
  EXPECT_GE(starts[2] - starts[1], 70ms);
}

TEST_F(SchedulerTest, AConfirmationThatTheGateRefusesLeavesTheFailure) {
  prober_.script("a:3389", {succeeded(), kRefused, abandoned("rate_cap")});
  start({.confirm_attempts = 2, .confirm_delay = 1ms});
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return observer_.runs().size() >= 2; }));
  EXPECT_EQ(observer_.runs()[1].verdict, Verdict::failure);
  EXPECT_EQ(state("a:3389")->status, TargetStatus::down);
}

TEST_F(SchedulerTest, AConfirmationThatOurMachineCannotMakeLeavesNoVerdict) {
  prober_.script("a:3389", {succeeded(), kRefused, local_fault(), succeeded()});
  start({.confirm_attempts = 2, .confirm_delay = 1ms});
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 2; }));
  EXPECT_EQ(state("a:3389")->attempt_failures_total, 0u);
  for (const auto& run : observer_.runs()) EXPECT_EQ(run.verdict, Verdict::success);
}

TEST_F(SchedulerTest, BacksOffAfterBanLikeSymptomsAndReportsTheInterval) {
  prober_.script("a:3389", {succeeded(), kSilent, kSilent, kSilent, kSilent, succeeded(), succeeded()});
  start({.confirm_attempts = 1, .max_backoff = 80ms});
  apply({make_target("a:3389", 20ms)});
  ASSERT_TRUE(eventually([&] { return observer_.runs().size() >= 7; }));
  std::vector<milliseconds> intervals;
  for (const auto& run : observer_.runs()) intervals.push_back(run.interval);
  intervals.resize(7);
  EXPECT_EQ(intervals, (std::vector<milliseconds>{20ms, 20ms, 40ms, 80ms, 80ms, 20ms, 20ms}));
  const auto starts = prober_.starts("a:3389");
  EXPECT_GT(starts[5] - starts[4], 20ms) << "80 ms, less what the one before was late";
  EXPECT_EQ(observer_.skips("still_running"), 0);
}

TEST_F(SchedulerTest, ANewPolicyCountsFromTheNextAttemptOn) {
  prober_.script("a:3389", {succeeded(), kRefused});
  prober_.block("a:3389");
  start({.confirm_attempts = 1, .confirm_delay = 1ms});
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  scheduler_->set_policy({.confirm_attempts = 4, .confirm_delay = 1ms});
  prober_.release();
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 2; }));
  const auto after = state("a:3389");
  EXPECT_EQ(after->attempts_total, after->probes_total + 3);
}

TEST_F(SchedulerTest, RemembersThatTheLegacyProfileWasNeeded) {
  auto old_host = succeeded();
  old_host.tls.emplace().needs_legacy = true;
  prober_.script("a:3389", {old_host, kRefused, old_host});
  start({.confirm_attempts = 1});
  apply({make_target("a:3389"), make_target("b:3389")});
  ASSERT_TRUE(eventually([&] { return prober_.count("a:3389") >= 3 && prober_.count("b:3389") >= 3; }));
  const auto plans = prober_.plans("a:3389");
  EXPECT_EQ(plans[0].first_profile, TlsProfile::modern);
  EXPECT_EQ(plans[1].first_profile, TlsProfile::legacy);
  EXPECT_EQ(plans[2].first_profile, TlsProfile::modern) << "it failed, so it is forgotten";
  for (const auto& plan : prober_.plans("b:3389")) EXPECT_EQ(plan.first_profile, TlsProfile::modern);
}

}  // namespace
}  // namespace rdpwatch::scheduling
