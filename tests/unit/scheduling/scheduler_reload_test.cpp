#include <gtest/gtest.h>

#include <atomic>

#include "tests/unit/scheduling/scheduler_fixture.hpp"
#include "tests/support/recipes.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;
using handshake::Depth;

TEST_F(SchedulerTest, ReloadLeavesUnchangedTargetsAlone) {
  prober_.block("a:3389");
  start();
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  apply({make_target("a:3389"), make_target("b:3389")});
  ASSERT_TRUE(eventually([&] { return runs("b:3389") >= 1; }));
  prober_.release();
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 1; }));
  EXPECT_EQ(prober_.cancelled(), 0);
}

TEST_F(SchedulerTest, ReloadCutsRemovedTargetsOff) {
  prober_.block("a:3389");
  start();
  apply({make_target("a:3389"), make_target("b:3389")});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  apply({make_target("b:3389")});
  ASSERT_TRUE(eventually([&] { return prober_.cancelled() == 1 && scheduler_->runs_in_flight() == 0; }));
  EXPECT_FALSE(has("a:3389"));
  EXPECT_TRUE(has("b:3389"));
  EXPECT_TRUE(observer_.attempts("a:3389").empty());
  EXPECT_EQ(observer_.skips(), (std::map<std::string, int>{}));
}

TEST_F(SchedulerTest, ATargetThatComesBackGetsNothingOfTheOldRun) {
  prober_.script("a:3389",
                 {failed(handshake::Phase::connect, handshake::FailureReason::timeout), succeeded()});
  prober_.block("a:3389");
  prober_.be_stubborn();
  start();
  apply({make_target("a:3389", 20ms)});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  apply({});
  apply({make_target("a:3389", 24h)});
  ASSERT_TRUE(eventually([&] { return has("a:3389") && state("a:3389")->interval == 24h; }));
  prober_.release();
  ASSERT_TRUE(eventually([&] { return scheduler_->runs_in_flight() == 0; }));
  EXPECT_EQ(state("a:3389")->probe_failures_total, 0u);
  for (const auto& run : observer_.runs()) EXPECT_EQ(run.verdict, handshake::Verdict::success);
}

TEST_F(SchedulerTest, AChangedTargetKeepsItsCountersAndItsRunningProbe) {
  start();
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 2; }));
  prober_.block("a:3389");
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  const auto before = runs("a:3389");
  auto relabelled = make_target("a:3389");
  relabelled.labels = config::Labels{{"site", "fra1"}};
  relabelled.recipe = test::recipe_of("tls", Depth::tls, 7s);
  apply({relabelled});
  ASSERT_TRUE(eventually([&] { return state("a:3389")->target->labels.get().contains("site"); }));
  EXPECT_EQ(runs("a:3389"), before);
  prober_.release();
  ASSERT_TRUE(eventually([&] { return prober_.plans("a:3389").back().timeout == 7s; }));
  ASSERT_TRUE(eventually([&] { return runs("a:3389") == prober_.count("a:3389"); })) << "no run was lost";
  EXPECT_EQ(prober_.cancelled(), 0);
}

TEST_F(SchedulerTest, ARunOfAnotherModuleIsDropped) {
  prober_.block("a:3389");
  start();
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  auto other = make_target("a:3389");
  other.recipe = test::recipe_of("tcp", Depth::tcp);
  apply({other});
  ASSERT_TRUE(eventually([&] { return state("a:3389")->target->recipe->module == "tcp"; }));
  prober_.release();
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 2; }));
  EXPECT_EQ(state("a:3389")->last_result->module, "tcp");
  const auto attempts = observer_.attempts("a:3389");
  EXPECT_EQ(attempts[0].module, "tls");
  scheduler_->stop();
  EXPECT_EQ(runs("a:3389") + 1, observer_.attempts("a:3389").size()) << "all but the first were recorded";
}

TEST_F(SchedulerTest, AChangedIntervalCountsAtOnce) {
  start();
  apply({make_target("a:3389", 24h)});
  ASSERT_TRUE(eventually([&] { return has("a:3389"); }));
  apply({make_target("a:3389", 20ms)});
  EXPECT_TRUE(eventually([&] { return runs("a:3389") >= 3; }));
  apply({make_target("a:3389", 24h)});
  ASSERT_TRUE(
      eventually([&] { return state("a:3389")->interval == 24h && scheduler_->runs_in_flight() == 0; }));
  const auto settled = prober_.count("a:3389");
  apply({make_target("a:3389", 24h), make_target("b:3389")});
  ASSERT_TRUE(eventually([&] { return runs("b:3389") >= 5; }));
  EXPECT_EQ(prober_.count("a:3389"), settled);
}

TEST_F(SchedulerTest, ALargeReloadLetsOtherWorkThrough) {
  start({}, 1);
  std::vector<inventory::Target> targets{make_target("a:3389", 10ms)};
  apply(targets);
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 1; }));
  for (int i = 0; i < 50000; ++i) targets.push_back(make_target("ts" + std::to_string(i) + ":3389", 24h));
  const auto snapshot = snapshot_of(targets);
  scheduler_->apply(snapshot);
  std::uint64_t runs_while_loading = 0;
  const auto runs_before = runs("a:3389");
  ASSERT_TRUE(eventually([&] {
    const auto size = store_.size();
    if (size > 1 && size < 50001) runs_while_loading = runs("a:3389") - runs_before;
    return size == 50001;
  }));
  EXPECT_GE(runs_while_loading, 1u);
  scheduler_->apply(snapshot_of({targets.front()}));
  EXPECT_TRUE(eventually([&] { return store_.size() == 1; }));
}

TEST_F(SchedulerTest, StopCutsProbesOffAndCountsThemNowhere) {
  prober_.block("a:3389");
  prober_.block("b:3389");
  start();
  apply({make_target("a:3389"), make_target("b:3389")});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 2; }));
  const auto begun = handshake::Clock::now();
  scheduler_->stop();
  EXPECT_LT(handshake::Clock::now() - begun, 4s);
  EXPECT_EQ(prober_.cancelled(), 2);
  EXPECT_EQ(runs("a:3389") + runs("b:3389"), 0u);
  EXPECT_TRUE(observer_.attempts("a:3389").empty());
  EXPECT_TRUE(has("a:3389")) << "what was known stays for the last scrape";
  scheduler_->apply(snapshot_of({}));
  scheduler_->stop();
}

TEST_F(SchedulerTest, StopDuringTheConfirmationDelay) {
  prober_.script("a:3389",
                 {succeeded(), failed(handshake::Phase::connect, handshake::FailureReason::timeout)});
  start({.confirm_attempts = 2, .confirm_delay = 1h});
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return observer_.attempts("a:3389").size() == 2; }));
  const auto begun = handshake::Clock::now();
  scheduler_->stop();
  EXPECT_LT(handshake::Clock::now() - begun, 4s);
  EXPECT_EQ(runs("a:3389"), 1u);
  EXPECT_EQ(observer_.runs().size(), 1u);
}

TEST_F(SchedulerTest, StopDoesNotWaitForEverForAProbeThatIgnoresIt) {
  prober_.block("a:3389");
  prober_.be_stubborn();
  scheduler_ = std::make_unique<Scheduler>(SchedulerOptions{.stop_timeout = 50ms}, store_, observer_,
                                           prober_.factory());
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  const auto begun = handshake::Clock::now();
  scheduler_->stop();
  EXPECT_GE(handshake::Clock::now() - begun, 50ms);
  EXPECT_LT(handshake::Clock::now() - begun, 4s);
}

TEST_F(SchedulerTest, AFactoryThatThrowsLeavesNoThreadBehind) {
  std::atomic<int> calls{0};
  const auto factory = [&](boost::asio::io_context& io) -> ProbeFunction {
    if (++calls == 2) throw std::runtime_error("no resolver");
    return prober_.factory()(io);
  };
  EXPECT_THROW(Scheduler(SchedulerOptions{.workers = 2}, store_, observer_, factory), std::runtime_error);
}

}  // namespace
}  // namespace rdpwatch::scheduling
