#include "daemon/on_demand/on_demand_prober.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include "daemon/on_demand/probe_permission.hpp"
#include "tests/unit/on_demand/fake_watched_probe.hpp"

namespace rdpwatch::on_demand {
namespace {

using namespace test;

class OnDemandProberTest : public testing::Test {
 protected:
  static ProbeOrder order() {
    ProbeOrder order;
    order.plan.target = "ts01:3389";
    order.plan.host = "ts01";
    return order;
  }

  /// Begins a probe; its result comes while the loop runs.
  void start(OnDemandProber& prober, ProbeOrder order) {
    asio::co_spawn(loop_, prober.probe(std::move(order)),
                   asio::bind_cancellation_slot(cancel_.slot(),
                                                [this](const std::exception_ptr& error, ProbeResult result) {
                                                  EXPECT_FALSE(error);
                                                  result_ = std::move(result);
                                                }));
  }

  ProbeResult probe(ProbeOrder order) {
    OnDemandProber prober(fake_.factory());
    start(prober, std::move(order));
    loop_.run_for(std::chrono::seconds(10));
    return result_.value_or(ProbeResult{});
  }

  FakeProbe fake_;
  asio::io_context loop_;
  asio::cancellation_signal cancel_;
  std::optional<ProbeResult> result_;
};

TEST_F(OnDemandProberTest, TheResultComesToTheLoopThatAsked) {
  const ProbeResult result = probe(order());
  EXPECT_EQ(result.verdict, Verdict::success);
  EXPECT_EQ(result.target, "ts01:3389");
}

TEST_F(OnDemandProberTest, AnExceptionIsAFaultOfOurOwn) {
  fake_.answer = [](const ProbePlan&) -> ProbeResult { throw std::runtime_error("no memory"); };
  const ProbeResult result = probe(order());
  EXPECT_EQ(result.verdict, Verdict::local_fault);
  EXPECT_EQ(result.target, "ts01:3389");
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->reason, handshake::FailureReason::internal_error);
  EXPECT_EQ(result.failure->detail, "no memory");
}

TEST_F(OnDemandProberTest, WhoCancelsEndsTheProbe) {
  fake_.waits = true;
  OnDemandProber prober(fake_.factory());
  start(prober, order());
  loop_.poll();
  ASSERT_TRUE(eventually([this] { return fake_.begun == 1; }));
  cancel_.emit(asio::cancellation_type::terminal);
  loop_.restart();
  loop_.run_for(std::chrono::seconds(10));
  ASSERT_TRUE(result_);
  EXPECT_EQ(result_->verdict, Verdict::abandoned);
  EXPECT_EQ(fake_.cancelled, 1);
}

TEST_F(OnDemandProberTest, StoppingCutsOffWhatRuns) {
  fake_.waits = true;
  OnDemandProber prober(fake_.factory());
  start(prober, order());
  loop_.poll();
  ASSERT_TRUE(eventually([this] { return fake_.begun == 1; }));
  prober.stop();
  loop_.restart();
  loop_.run_for(std::chrono::seconds(10));
  ASSERT_TRUE(result_);
  EXPECT_EQ(result_->abandoned_why, "stopped");
  EXPECT_EQ(fake_.cancelled, 1);
}

TEST_F(OnDemandProberTest, ANameIsProbedAtItsFirstAllowedAddressAlone) {
  std::vector<ProbePlan> plans;
  fake_.answer = [&plans](const ProbePlan& plan) {
    plans.push_back(plan);
    ProbeResult result = success(plan);
    result.addresses = {"192.0.2.1", "10.0.0.7", "10.0.0.8"};
    return result;
  };
  ProbeOrder wanted = order();
  wanted.into_networks = true;
  wanted.rules = allow_rules({"10.0.0.0/8"});
  EXPECT_EQ(probe(wanted).verdict, Verdict::success);
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].depth, handshake::Depth::resolve);
  EXPECT_EQ(plans[1].depth, handshake::Depth::tls);
  EXPECT_EQ(plans[1].pinned_address, "10.0.0.7");
}

TEST_F(OnDemandProberTest, ANameWithoutAnAllowedAddressIsNotConnectedTo) {
  fake_.answer = [](const ProbePlan& plan) {
    ProbeResult result = success(plan);
    result.addresses = {"192.0.2.1", "::1"};
    return result;
  };
  ProbeOrder wanted = order();
  wanted.into_networks = true;
  wanted.rules = allow_rules({"10.0.0.0/8"});
  const ProbeResult result = probe(wanted);
  EXPECT_EQ(result.verdict, Verdict::abandoned);
  EXPECT_EQ(result.abandoned_why, kNotAllowed);
  EXPECT_EQ(fake_.begun, 1);
}

}  // namespace
}  // namespace rdpwatch::on_demand
