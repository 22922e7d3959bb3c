// What the scheduler goes on from when an earlier run of the daemon left states.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scheduling/scheduler_fixture.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;
using fleet::TargetStatus;
using handshake::FailureReason;
using handshake::Phase;

const auto kClosedPort = failed(Phase::connect, FailureReason::connection_refused);

class SchedulerRestartTest : public SchedulerTest {
 protected:
  static std::shared_ptr<fleet::TargetState> left(TargetStatus status, std::uint64_t failures) {
    auto state = std::make_shared<fleet::TargetState>();
    state->status = status;
    state->consecutive_failures = failures;
    state->last_run = std::chrono::system_clock::now() - 1min;
    return state;
  }
};

TEST_F(SchedulerRestartTest, WhatWasUpIsConfirmedBeforeItIsDown) {
  store_.restore({{{"a:3389", ""}, left(TargetStatus::up, 0)}});
  prober_.script("a:3389", {kClosedPort});
  prober_.script("b:3389", {kClosedPort});
  start({.confirm_attempts = 3, .confirm_delay = 1ms});
  apply({make_target("a:3389", 1h), make_target("b:3389", 1h)});
  ASSERT_TRUE(eventually([&] { return state("a:3389") != nullptr; }));
  EXPECT_EQ(state("a:3389")->status, TargetStatus::up);
  apply({make_target("a:3389"), make_target("b:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 1 && runs("b:3389") >= 1; }));
  scheduler_->stop();
  EXPECT_EQ(state("a:3389")->attempts_total - runs("a:3389"), 2u)
      << "two confirmations, of the first run alone";
  EXPECT_EQ(state("b:3389")->attempts_total, runs("b:3389")) << "nothing was known of it";
}

// A control of its own: the same audit, older than its interval, is made anew at once.
TEST_F(SchedulerRestartTest, WhatWasAuditedIsNotAuditedForTheRestartsSake) {
  const auto audited = [](std::chrono::minutes ago) {
    auto state = left(TargetStatus::up, 0);
    auto audit = std::make_shared<handshake::AuditResult>();
    audit->verdict = handshake::Verdict::success;
    audit->started = std::chrono::system_clock::now() - ago;
    state->audit = std::move(audit);
    return state;
  };
  store_.restore({{{"a:3389", ""}, audited(1min)}, {{"b:3389", ""}, audited(61min)}});
  prober_.script("b:3389 question", {kClosedPort});
  auto recent = make_target("a:3389");
  auto old = make_target("b:3389");
  recent.audit_interval = old.audit_interval = 1h;
  start(quick());
  apply({recent, old});
  ASSERT_TRUE(eventually([&] { return prober_.count("b:3389 question") >= 1; }));
  const auto before = runs("a:3389");
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= before + 3; }));
  EXPECT_EQ(prober_.count("a:3389 question"), 0u);
  EXPECT_TRUE(state("a:3389")->audit) << "and what it found is still there";
}

TEST_F(SchedulerRestartTest, AFailureIsNotExperimentedOnForTheRestartsSake) {
  auto down = left(TargetStatus::down, 5);
  auto known = std::make_shared<diagnosis::Diagnosis>();
  known->judged = std::chrono::system_clock::now() - 1min;
  known->failure = *cut().failure;
  known->experiments.resize(3);
  down->diagnosis = std::move(known);
  store_.restore({{{"a:3389", ""}, std::move(down)}});
  prober_.script("a:3389", {cut()});
  prober_.script("b:3389", {cut()});
  auto restored = make_target("a:3389");
  auto fresh = make_target("b:3389");
  restored.diagnosis.experiments = fresh.diagnosis.experiments = 6;
  start(quick());
  apply({restored, fresh});
  ASSERT_TRUE(eventually([&] { return !observer_.diagnoses().empty(); })) << "of the one that is new";
  const auto before = runs("a:3389");
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= before + 3; }));
  EXPECT_EQ(prober_.count("a:3389 question"), 0u);
  EXPECT_EQ(state("a:3389")->diagnosis->experiments.size(), 3u) << "what was learnt is still there";
}

TEST_F(SchedulerRestartTest, AnExpandedTargetBeginsWithItsAddresses) {
  store_.restore({{{"a:3389", "10.0.0.1"}, left(TargetStatus::up, 0)},
                  {{"a:3389", "10.0.0.2"}, left(TargetStatus::down, 5)}});
  start();
  auto target = make_target("a:3389", 1h);
  target.expand_addresses = true;
  apply({target});
  ASSERT_TRUE(eventually([&] { return has("a:3389", "10.0.0.1") && has("a:3389", "10.0.0.2"); }));
  EXPECT_FALSE(has("a:3389"));
  EXPECT_EQ(state("a:3389", "10.0.0.2")->status, TargetStatus::down);
}

}  // namespace
}  // namespace rdpwatch::scheduling
