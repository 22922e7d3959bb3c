#include "daemon/scheduling/gate.hpp"

#include <gtest/gtest.h>

#include "tests/unit/scheduling/gate_callers.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;

TEST_F(GateTest, GrantsAtOnceAndCounts) {
  Gate gate({});
  const auto caller = call(gate, at("127.0.0.1"));
  EXPECT_TRUE(caller->granted());
  EXPECT_EQ(gate.in_flight(), 1u);
  caller->close();
  EXPECT_EQ(gate.in_flight(), 0u);
}

TEST_F(GateTest, KeepsOneInFlightAndTheSpacingAfterTheClose) {
  Gate gate({.spacing = 50ms});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.0.1"));
  EXPECT_TRUE(second->waits());
  const auto closed = handshake::Clock::now();
  first->close();
  settle();
  EXPECT_TRUE(second->waits());
  ASSERT_TRUE(eventually([&] { return second->granted(); }));
  EXPECT_GE(second->when - closed, 50ms);
}

TEST_F(GateTest, IsKeyedByAddressAndPort) {
  Gate gate({});
  const auto first = call(gate, at("127.0.0.1"));
  EXPECT_TRUE(call(gate, at("127.0.0.1", 3390))->granted());
  EXPECT_TRUE(call(gate, at("127.0.0.2"))->granted());
  EXPECT_TRUE(call(gate, at("::ffff:127.0.0.1"))->waits()) << "the same host in IPv6 clothes";
}

TEST_F(GateTest, DeniesAtOnceWhenTheSpacingCannotBeMetByTheDeadline) {
  Gate gate({.spacing = 10s});
  call(gate, at("127.0.0.1"))->close();
  EXPECT_EQ(call(gate, at("127.0.0.1"), 5s)->denied(), "deadline");
  EXPECT_TRUE(call(gate, at("127.0.0.1"), 20s)->waits());
}

TEST_F(GateTest, CountsThoseAheadAgainstTheDeadline) {
  Gate gate({.spacing = 10s});
  call(gate, at("127.0.0.1"))->close();
  const auto next = call(gate, at("127.0.0.1"), 25s);
  EXPECT_TRUE(next->waits());
  EXPECT_EQ(call(gate, at("127.0.0.1"), 15s)->denied(), "deadline");
}

TEST_F(GateTest, DeniesAtOnceWhenTheCapCannotBeMetByTheDeadline) {
  Gate gate({.limits = {.max_connections_per_minute = 2}, .spacing = 0ms});
  call(gate, at("127.0.0.1"))->close();
  call(gate, at("127.0.0.1"))->close();
  EXPECT_EQ(call(gate, at("127.0.0.1"), 30s)->denied(), "rate_cap");
  EXPECT_TRUE(call(gate, at("127.0.0.2"), 30s)->granted());
}

TEST_F(GateTest, DeniesAtOnceWithoutADeadlineWhatWouldTakeTooLong) {
  Gate gate({.limits = {.max_connections_per_minute = 1}, .spacing = 0ms, .max_wait = 30s});
  call(gate, at("127.0.0.1"))->close();
  EXPECT_EQ(call(gate, at("127.0.0.1"))->denied(), "rate_cap");
}

TEST_F(GateTest, NeverQueuesMoreForOneHostThanAWindowLetsThrough) {
  Gate gate({.limits = {.max_connections_per_minute = 2}, .max_wait = 10min});
  const auto first = call(gate, at("127.0.0.1"));
  EXPECT_TRUE(call(gate, at("127.0.0.1"))->waits());
  EXPECT_TRUE(call(gate, at("127.0.0.1"))->waits());
  EXPECT_EQ(call(gate, at("127.0.0.1"))->denied(), "rate_cap");
}

TEST_F(GateTest, TheCapIsASlidingWindow) {
  Gate gate({.limits = {.max_connections_per_minute = 2}, .spacing = 0ms, .window = 100ms});
  const auto first = call(gate, at("127.0.0.1"));
  first->close();
  call(gate, at("127.0.0.1"))->close();
  const auto third = call(gate, at("127.0.0.1"));
  EXPECT_TRUE(third->waits());
  ASSERT_TRUE(eventually([&] { return third->granted(); }));
  // The first was granted up to a turn of the loop before it could look at the clock.
  EXPECT_GE(third->when - first->when, 95ms);
}

TEST_F(GateTest, GivesUpAtTheDeadlineWhileThereIsNoPlace) {
  Gate gate({.limits = {.max_in_flight = 1}});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.0.2"), 30ms);
  EXPECT_TRUE(second->waits());
  ASSERT_TRUE(eventually([&] { return second->done; }));
  EXPECT_EQ(second->denied(), "deadline");
  EXPECT_EQ(gate.counters().waiting, 0u);
}

TEST_F(GateTest, WithoutADeadlineTheWaitIsBoundedToo) {
  Gate gate({.limits = {.max_in_flight = 1}, .max_wait = 30ms});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.0.2"));
  ASSERT_TRUE(eventually([&] { return second->done; }));
  EXPECT_EQ(second->denied(), "overloaded");
}

TEST_F(GateTest, TheGlobalQueueIsBoundedAndServedInOrder) {
  Gate gate({.limits = {.max_in_flight = 1}});
  auto current = call(gate, at("127.0.0.1"));
  std::vector<CallerPtr> waiting;
  for (int i = 2; i <= 5; ++i) waiting.push_back(call(gate, at("127.0.0." + std::to_string(i))));
  EXPECT_EQ(call(gate, at("127.0.0.6"))->denied(), "overloaded");
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    EXPECT_TRUE(waiting[i]->waits());
    current->close();
    settle();
    EXPECT_TRUE(waiting[i]->granted()) << i;
    current = waiting[i];
  }
  EXPECT_EQ(gate.in_flight(), 1u);
}

TEST_F(GateTest, CapsEachSubnet) {
  Gate gate({.limits = {.max_in_flight_per_subnet = 2}});
  const auto first = call(gate, at("127.1.1.1"));
  const auto second = call(gate, at("127.1.1.2"));
  const auto third = call(gate, at("127.1.1.200"));
  EXPECT_TRUE(third->waits());
  EXPECT_TRUE(call(gate, at("127.1.2.1"))->granted()) << "another /24";
  first->close();
  settle();
  EXPECT_TRUE(third->granted());
}

TEST_F(GateTest, AnIpv6SubnetIsA64) {
  Gate gate({.limits = {.max_in_flight_per_subnet = 1}});
  const auto first = call(gate, at("fd00:0:0:1::1"));
  EXPECT_TRUE(call(gate, at("fd00:0:0:1:ffff::2"))->waits());
  EXPECT_TRUE(call(gate, at("fd00:0:0:2::1"))->granted());
}

TEST_F(GateTest, TheQueueOfASubnetIsBounded) {
  Gate gate({.limits = {.max_in_flight_per_subnet = 1}});
  const auto first = call(gate, at("127.0.0.1"));
  for (int i = 2; i <= 5; ++i) EXPECT_TRUE(call(gate, at("127.0.0." + std::to_string(i)))->waits());
  EXPECT_EQ(call(gate, at("127.0.0.6"))->denied(), "overloaded");
  EXPECT_TRUE(call(gate, at("127.0.1.1"))->granted());
}

TEST_F(GateTest, WhoWaitsForOneHostOrSubnetHoldsUpNobodyElse) {
  Gate gate({.limits = {.max_in_flight = 3, .max_in_flight_per_subnet = 1}});
  const auto first = call(gate, at("127.0.0.1"));
  EXPECT_TRUE(call(gate, at("127.0.0.1"))->waits());
  EXPECT_TRUE(call(gate, at("127.0.0.2"))->waits());
  EXPECT_TRUE(call(gate, at("127.0.1.1"))->granted());
  EXPECT_TRUE(call(gate, at("127.0.2.1"))->granted());
}

TEST_F(GateTest, RaisedLimitsLetWaitersIn) {
  Gate gate({.limits = {.max_in_flight = 1}});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.0.2"));
  const auto third = call(gate, at("127.0.0.3"));
  gate.set_limits({.max_in_flight = 2});
  settle();
  EXPECT_TRUE(second->granted());
  EXPECT_TRUE(third->waits());
}

TEST_F(GateTest, RaisedCapsOfSubnetAndHostLetWaitersIn) {
  Gate gate({.limits = {.max_in_flight_per_subnet = 1, .max_connections_per_minute = 1}, .spacing = 0ms});
  call(gate, at("127.0.0.1"))->close();
  const auto same_host = call(gate, at("127.0.0.1"));
  const auto neighbour = call(gate, at("127.0.0.2"));
  const auto second_neighbour = call(gate, at("127.0.0.3"));
  EXPECT_TRUE(same_host->waits());
  EXPECT_TRUE(neighbour->granted());
  EXPECT_TRUE(second_neighbour->waits());
  gate.set_limits({.max_in_flight_per_subnet = 10, .max_connections_per_minute = 2});
  settle();
  EXPECT_TRUE(same_host->granted());
  EXPECT_TRUE(second_neighbour->granted());
}

TEST_F(GateTest, LoweredLimitsWaitForSlotsToComeBack) {
  Gate gate({.limits = {.max_in_flight = 3}});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.0.2"));
  const auto third = call(gate, at("127.0.0.3"));
  gate.set_limits({.max_in_flight = 1});
  const auto next = call(gate, at("127.0.0.4"));
  EXPECT_EQ(gate.in_flight(), 3u);
  first->close();
  second->close();
  settle();
  EXPECT_TRUE(next->waits());
  third->close();
  settle();
  EXPECT_TRUE(next->granted());
}

TEST_F(GateTest, StopDeniesThoseThatWaitAndThoseThatCome) {
  Gate gate({.limits = {.max_in_flight = 2, .max_in_flight_per_subnet = 1}});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.1.1"));
  const auto at_host = call(gate, at("127.0.0.1"));
  const auto at_subnet = call(gate, at("127.0.0.2"));
  const auto at_global = call(gate, at("127.0.2.1"));
  gate.stop();
  settle();
  EXPECT_EQ(at_host->denied(), "stopping");
  EXPECT_EQ(at_subnet->denied(), "stopping");
  EXPECT_EQ(at_global->denied(), "stopping");
  EXPECT_EQ(call(gate, at("127.0.3.1"))->denied(), "stopping");
  EXPECT_EQ(gate.counters().waiting, 0u);
  EXPECT_EQ(gate.in_flight(), 2u);
  first->close();
  second->close();
  EXPECT_EQ(gate.in_flight(), 0u);
}

TEST_F(GateTest, ForgetsHostsThatAreIdlePastTheirWindow) {
  Gate gate({.spacing = 0ms, .window = 20ms});
  for (int i = 1; i <= 100; ++i) call(gate, at("127.0.0." + std::to_string(i)))->close();
  ASSERT_TRUE(eventually([&] {
    call(gate, at("127.0.1.1"), 1s)->close();
    return gate.counters().endpoints == 1;
  }));
}

TEST_F(GateTest, RemembersNobodyWhoWasOnlyDenied) {
  Gate gate({.limits = {.max_in_flight = 1}});
  const auto first = call(gate, at("127.0.0.1"));
  const auto denied = call(gate, at("127.0.0.2"), 5ms);
  ASSERT_TRUE(eventually([&] { return denied->done; }));
  EXPECT_EQ(gate.counters().endpoints, 1u);
}

TEST_F(GateTest, ASlotMayOutliveTheGate) {
  CallerPtr caller;
  {
    Gate gate({});
    caller = call(gate, at("127.0.0.1"));
  }
  EXPECT_TRUE(caller->granted());
  caller->close();
}

}  // namespace
}  // namespace rdpwatch::scheduling
