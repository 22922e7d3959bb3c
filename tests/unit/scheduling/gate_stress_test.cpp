// Many coroutines on several threads ask one gate at once; what it promises must hold at every moment.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "daemon/scheduling/gate.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr int kHosts = 24;
constexpr int kSubnets = 4;
constexpr int kMaxInFlight = 8;
constexpr int kMaxPerSubnet = 3;
constexpr auto kSpacing = 1ms;
constexpr unsigned kCallers = 20;  // a thread
constexpr int kRounds = 40;        // connections a caller asks for

/// What the hosts would see.
struct Witness {
  std::array<std::atomic<int>, kHosts> in_flight{};
  std::array<std::atomic<std::int64_t>, kHosts> closed_at{};
  std::array<std::atomic<int>, kSubnets> in_subnet{};
  std::atomic<int> in_all{0};
  std::atomic<int> granted{0};
  std::atomic<int> denied{0};
  std::atomic<int> cancelled{0};
  std::atomic<int> finished{0};
  std::atomic<int> broken{0};

  void open(int host) {
    const auto since_close = handshake::Clock::now().time_since_epoch().count() - closed_at[host].load();
    if (since_close < std::chrono::nanoseconds(kSpacing).count()) ++broken;
    if (in_flight[host].fetch_add(1) != 0) ++broken;
    if (in_subnet[host % kSubnets].fetch_add(1) >= kMaxPerSubnet) ++broken;
    if (in_all.fetch_add(1) >= kMaxInFlight) ++broken;
    ++granted;
  }
  void close(int host) {
    closed_at[host] = handshake::Clock::now().time_since_epoch().count();
    --in_flight[host];
    --in_subnet[host % kSubnets];
    --in_all;
  }
};

asio::ip::tcp::endpoint host_endpoint(int host) {
  return {asio::ip::address_v4(
              {127, 0, static_cast<unsigned char>(host % kSubnets), static_cast<unsigned char>(host + 1)}),
          3389};
}

asio::awaitable<void> pause(std::chrono::microseconds time) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, time);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<void> connect_once(Gate& gate, Witness& witness, int host, bool impatient) {
  std::optional<handshake::TimePoint> deadline;
  if (impatient) deadline = handshake::Clock::now() + 5ms;
  auto admission = co_await gate.admit(host_endpoint(host), deadline);
  if (!admission.granted) {
    ++witness.denied;
    co_return;
  }
  witness.open(host);
  co_await pause(200us);
  witness.close(host);
}

asio::awaitable<void> keep_connecting(Gate& gate, Witness& witness, unsigned seed) {
  std::mt19937 random(seed);
  for (int round = 0; round < kRounds; ++round) {
    const int host = static_cast<int>(random() % kHosts);
    co_await connect_once(gate, witness, host, random() % 3 == 0);
    co_await pause(std::chrono::microseconds(random() % 300));
  }
}

struct Loop {
  asio::io_context io{1};
  std::vector<std::unique_ptr<asio::cancellation_signal>> signals;
  std::vector<std::unique_ptr<asio::steady_timer>> cancellers;
};

/// Every third caller is cancelled at some moment.
void spawn_callers(Loop& loop, Gate& gate, Witness& witness, unsigned seed) {
  std::mt19937 random(seed);
  for (unsigned i = 0; i < kCallers; ++i) {
    const auto finished = [&witness](const std::exception_ptr& error) {
      ++(error ? witness.cancelled : witness.finished);
    };
    auto& signal = *loop.signals.emplace_back(std::make_unique<asio::cancellation_signal>());
    asio::co_spawn(loop.io, keep_connecting(gate, witness, seed + i),
                   asio::bind_cancellation_slot(signal.slot(), finished));
    if (i % 3 != 0) continue;
    auto& timer = *loop.cancellers.emplace_back(
        std::make_unique<asio::steady_timer>(loop.io, std::chrono::microseconds(random() % 20000)));
    timer.async_wait(
        [&signal](boost::system::error_code) { signal.emit(asio::cancellation_type::terminal); });
  }
}

TEST(GateStress, KeepsItsPromisesUnderLoadFromSeveralThreads) {
  constexpr unsigned kThreads = 3;
  const GateLimits limits{kMaxInFlight, kMaxPerSubnet, 1000};
  Gate gate({.limits = limits, .spacing = kSpacing, .max_wait = 60s});
  Witness witness;
  std::vector<std::unique_ptr<Loop>> loops;
  for (unsigned i = 0; i < kThreads; ++i) {
    loops.push_back(std::make_unique<Loop>());
    spawn_callers(*loops.back(), gate, witness, 1000 * i);
  }
  std::vector<std::thread> threads;
  for (auto& loop : loops) threads.emplace_back([&io = loop->io] { io.run(); });
  // Reloads in between: lowered and raised again, never above what the witness checks.
  for (int i = 0; i < 500; ++i) {
    gate.set_limits({1 + i % kMaxInFlight, 1 + i % kMaxPerSubnet, 1000});
    std::this_thread::yield();
  }
  gate.set_limits(limits);
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(witness.broken, 0);
  EXPECT_EQ(witness.finished + witness.cancelled, static_cast<int>(kThreads * kCallers))
      << "nobody waits for ever";
  EXPECT_GT(witness.finished, 0);
  EXPECT_GT(witness.cancelled, 0);
  EXPECT_GT(witness.granted, 100);
  EXPECT_EQ(gate.in_flight(), 0u);
  EXPECT_EQ(gate.counters().waiting, 0u);
}

}  // namespace
}  // namespace rdpwatch::scheduling
