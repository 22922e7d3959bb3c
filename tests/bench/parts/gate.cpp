// The gate's books: one connection in, granted and out again, with many endpoints remembered.

#include <benchmark/benchmark.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

#include "daemon/scheduling/gate_state.hpp"

namespace rdpwatch::scheduling {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t kRoundsAnEndpoint = 8;
/// A worker's loop wakes many waiters at a time.
constexpr std::int64_t kWakeEach = 256;

asio::ip::tcp::endpoint endpoint_of(std::int64_t number) {
  return {asio::ip::address_v4(static_cast<std::uint32_t>(0x0A000000 + number)), 3389};
}

bool pass(GateState& gate, const asio::io_context::executor_type& executor, std::int64_t number) {
  const auto now = handshake::Clock::now();
  const auto waiter =
      std::make_shared<GateWaiter>(executor, endpoint_of(number), std::nullopt, now + gate.max_wait());
  gate.enter(waiter);
  if (waiter->stage != GateWaiter::Stage::granted) return false;
  gate.release(waiter->endpoint);
  return true;
}

void gate_enter_grant_release(benchmark::State& state) {
  const std::int64_t endpoints = state.range(0);
  asio::io_context io;
  GateOptions options;
  options.spacing = {};
  options.limits.max_connections_per_minute = kRoundsAnEndpoint + 1;
  GateState gate(options);
  for (std::int64_t i = 0; i < endpoints; ++i) pass(gate, io.get_executor(), i);
  io.poll();
  std::int64_t number = 0;
  for (auto _ : state) {
    if (!pass(gate, io.get_executor(), number)) return state.SkipWithError("not granted");
    if (++number == endpoints) number = 0;
    if (number % kWakeEach != 0) continue;
    io.restart();
    io.poll();
  }
  state.SetItemsProcessed(state.iterations());
}
// A number of iterations that the cap a minute allows.
BENCHMARK(gate_enter_grant_release)->Arg(50000)->Iterations(50000 * kRoundsAnEndpoint);

}  // namespace
}  // namespace rdpwatch::scheduling
