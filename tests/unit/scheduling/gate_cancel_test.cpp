#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/scheduling/gate.hpp"
#include "tests/unit/scheduling/gate_callers.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;

TEST_F(GateTest, WaitingForTheHost_cancel) {
  Gate gate({.spacing = 0ms});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.0.1"));
  const auto third = call(gate, at("127.0.0.1"));
  cancel(second);
  EXPECT_TRUE(second->cancelled);
  EXPECT_EQ(gate.counters().waiting, 1u);
  first->close();
  settle();
  EXPECT_TRUE(third->granted()) << "the one behind moves up";
}

TEST_F(GateTest, WaitingForTheSpacing_cancel) {
  Gate gate({.spacing = 20ms});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.0.1"));
  const auto third = call(gate, at("127.0.0.1"));
  first->close();
  settle();
  cancel(second);
  EXPECT_TRUE(second->cancelled);
  EXPECT_TRUE(eventually([&] { return third->granted(); }));
}

TEST_F(GateTest, WaitingForTheSubnet_cancel) {
  Gate gate({.limits = {.max_in_flight_per_subnet = 1}, .spacing = 0ms});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.0.2"));
  const auto same_host = call(gate, at("127.0.0.2"));
  cancel(second);
  EXPECT_TRUE(second->cancelled);
  first->close();
  settle();
  EXPECT_TRUE(same_host->granted());
}

TEST_F(GateTest, WaitingForAGlobalPlace_cancel) {
  Gate gate({.limits = {.max_in_flight = 1, .max_in_flight_per_subnet = 1}, .spacing = 0ms});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.1.1"));
  const auto same_host = call(gate, at("127.0.1.1"));
  const auto same_subnet = call(gate, at("127.0.1.2"));
  cancel(second);
  EXPECT_TRUE(second->cancelled);
  first->close();
  settle();
  EXPECT_TRUE(same_subnet->granted()) << "it was in the subnet's queue before the other";
  same_subnet->close();
  settle();
  EXPECT_TRUE(same_host->granted());
}

TEST_F(GateTest, GrantedInTheSameTurn_cancel_edge) {
  Gate gate({.spacing = 0ms});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.0.1"));
  first->close();
  cancel(
      second);  // before the loop has turned: the waiter is awake by now or will be granted, and is cancelled
  EXPECT_TRUE(second->cancelled);
  EXPECT_EQ(gate.in_flight(), 0u);
  EXPECT_EQ(gate.counters().waiting, 0u);
}

TEST_F(GateTest, GrantedByACloseElsewhere_cancel_edge) {
  Gate gate({.limits = {.max_in_flight = 1}});
  const auto first = call(gate, at("127.0.0.1"));
  const auto second = call(gate, at("127.0.0.2"));
  first->close();
  EXPECT_EQ(gate.in_flight(), 1u) << "granted, but the waiter does not know yet";
  cancel(second);
  EXPECT_TRUE(second->cancelled);
  EXPECT_EQ(gate.in_flight(), 0u) << "the slot came back";
}

boost::asio::awaitable<void> ask_after_cancellation(Gate& gate, boost::asio::cancellation_signal& cancel,
                                                    bool& threw) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  cancel.emit(boost::asio::cancellation_type::terminal);
  try {
    const auto admission = co_await gate.admit(at("127.0.0.1"), std::nullopt);
  } catch (const boost::system::system_error& error) {
    threw = error.code() == boost::asio::error::operation_aborted;
  }
}

TEST_F(GateTest, CancelledBeforeItAsks_cancel_edge) {
  Gate gate({});
  const auto first = call(gate, at("127.0.0.1"));
  boost::asio::cancellation_signal signal;
  bool threw = false;
  const auto finished = [](const std::exception_ptr& error) { EXPECT_EQ(error, nullptr); };
  boost::asio::co_spawn(io_, ask_after_cancellation(gate, signal, threw),
                        boost::asio::bind_cancellation_slot(signal.slot(), finished));
  settle();
  EXPECT_TRUE(threw) << "it must not wait for a close that nobody announces";
  EXPECT_EQ(gate.counters().waiting, 0u);
}

TEST(GateLifetime, AWaiterWhoseLoopIsDestroyedGivesItsPlaceBack) {
  Gate gate({.limits = {.max_in_flight = 1}});
  auto first = std::make_shared<Caller>();
  auto second = std::make_shared<Caller>();
  {
    boost::asio::io_context io;
    const auto ignore = [](const std::exception_ptr&) {};
    boost::asio::co_spawn(io, ask(gate, at("127.0.0.1"), std::nullopt, first), ignore);
    boost::asio::co_spawn(io, ask(gate, at("127.0.0.2"), std::nullopt, second), ignore);
    io.poll();
    ASSERT_TRUE(first->granted());
    ASSERT_EQ(gate.counters().waiting, 1u);
  }
  EXPECT_EQ(gate.counters().waiting, 0u);
  first->close();
  EXPECT_EQ(gate.in_flight(), 0u);
}

}  // namespace
}  // namespace rdpwatch::scheduling
