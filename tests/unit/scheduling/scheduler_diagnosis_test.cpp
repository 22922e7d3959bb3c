// Diagnoses in the daemon.

#include <gtest/gtest.h>

#include "tests/unit/scheduling/scheduler_fixture.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;
using diagnosis::Likelihood;
using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;

constexpr const char* kTarget = "a:3389";

inventory::Target diagnosed_target(int experiments = 6) {
  inventory::Target target = make_target(kTarget);
  target.diagnosis.experiments = experiments;
  return target;
}

std::string_view first_cause(const fleet::StatePtr& state) {
  const bool named = state && state->diagnosis && !state->diagnosis->causes.empty();
  return named ? state->diagnosis->causes.front().id : "";
}

TEST_F(SchedulerTest, AFailedRunHasItsCausesAtOnce) {
  prober_.script(kTarget, {failed(Phase::connect, FailureReason::connection_refused)});
  start(quick());
  apply({diagnosed_target(0)});
  ASSERT_TRUE(eventually([&] { return runs(kTarget) >= 1; }));
  EXPECT_EQ(first_cause(state(kTarget)), "listener_stopped");
  EXPECT_TRUE(state(kTarget)->diagnosis->experiments.empty());
  EXPECT_EQ(prober_.count(kQuestion), 0u);
}

TEST_F(SchedulerTest, AHostThatIsUpHasNone) {
  start(quick());
  apply({diagnosed_target()});
  ASSERT_TRUE(eventually([&] { return runs(kTarget) >= 2; }));
  EXPECT_FALSE(state(kTarget)->diagnosis);
  EXPECT_EQ(prober_.count(kQuestion), 0u);
}

TEST_F(SchedulerTest, AFailingEpisodeCostsItsExperimentsOnce) {
  prober_.script(kTarget, {cut()});
  prober_.script(kQuestion, {cut()});
  start(quick());
  apply({diagnosed_target()});
  ASSERT_TRUE(eventually([&] { return !observer_.diagnoses().empty(); }));
  const auto before = runs(kTarget);
  ASSERT_TRUE(eventually([&] { return runs(kTarget) >= before + 5; }));
  // The target is an address without siblings: a repeat, TLS 1.2 alone, a name left out, garbage, TLS at
  // once.
  EXPECT_EQ(prober_.count(kQuestion), observer_.diagnoses().front().experiments.size());
  EXPECT_EQ(observer_.diagnoses().size(), 1u);
  EXPECT_EQ(prober_.most_at_once(kQuestion), 1);
  EXPECT_FALSE(state(kTarget)->diagnosis->experiments.empty()) << "later runs keep what was learnt";
}

TEST_F(SchedulerTest, TheModuleSaysHowManyExperiments) {
  prober_.script(kTarget, {cut()});
  prober_.script(kQuestion, {cut()});
  start(quick());
  apply({diagnosed_target(2)});
  ASSERT_TRUE(eventually([&] { return !observer_.diagnoses().empty(); }));
  EXPECT_EQ(prober_.count(kQuestion), 2u);
}

TEST_F(SchedulerTest, ARecoveryEndsTheDiagnosis) {
  prober_.script(kTarget, {cut(), cut(), cut(), succeeded()});
  prober_.block(kQuestion);
  start(quick());
  apply({diagnosed_target()});
  ASSERT_TRUE(eventually([&] { return prober_.cancelled() == 1; })) << "the experiments are cut off";
  EXPECT_TRUE(eventually([&] { return !state(kTarget)->diagnosis; }));
  EXPECT_TRUE(observer_.diagnoses().empty());
}

TEST_F(SchedulerTest, AnotherFailureHasItsOwnCausesWithoutExperimentsWithinTheHour) {
  prober_.script(kTarget, {cut(), cut(), failed(Phase::connect, FailureReason::connection_refused)});
  prober_.script(kQuestion, {cut()});
  start(quick());
  apply({diagnosed_target()});
  ASSERT_TRUE(eventually([&] { return first_cause(state(kTarget)) == "listener_stopped"; }));
  const auto before = runs(kTarget);
  ASSERT_TRUE(eventually([&] { return runs(kTarget) >= before + 3; }));
  EXPECT_TRUE(state(kTarget)->diagnosis->experiments.empty());
}

TEST_F(SchedulerTest, ARemovedTargetsExperimentsAreCutOff) {
  prober_.script(kTarget, {cut()});
  prober_.block(kQuestion);
  start(quick());
  apply({diagnosed_target()});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  apply({});
  ASSERT_TRUE(eventually([&] { return prober_.cancelled() == 1; }));
  EXPECT_FALSE(has(kTarget));
}

TEST_F(SchedulerTest, StoppingCutsExperimentsOff) {
  prober_.script(kTarget, {cut()});
  prober_.block(kQuestion);
  start(quick());
  apply({diagnosed_target()});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  scheduler_->stop();
  EXPECT_EQ(prober_.cancelled(), 1);
}

}  // namespace
}  // namespace rdpwatch::scheduling
