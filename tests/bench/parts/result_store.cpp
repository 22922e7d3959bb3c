// The result store: what a run costs when it is recorded, and what a reader's snapshot costs.

#include "daemon/fleet/result_store.hpp"

#include <benchmark/benchmark.h>

#include <utility>
#include <vector>

#include "tests/bench/nla_fleet.hpp"

namespace rdpwatch::bench {
namespace {

/// Runs that are made at a time while the clock stands.
constexpr int kRuns = 1000;
/// From one endpoint to the next: runs come in no order. A prime, so that it meets them all.
constexpr int kStride = 7919;

void store_record(benchmark::State& state) {
  const auto endpoints = static_cast<int>(state.range(0));
  fleet::ResultStore store;
  fill_with_nla_fleet(store, endpoints);
  int number = 0;
  std::vector<std::pair<fleet::EndpointKey, fleet::RunRecord>> runs;
  for (auto _ : state) {
    state.PauseTiming();
    runs.clear();
    for (int i = 0; i < kRuns; ++i) {
      number = (number + kStride) % endpoints;
      runs.emplace_back(nla_key(number), run_of(nla_result(number)));
    }
    state.ResumeTiming();
    for (auto& [key, run] : runs) benchmark::DoNotOptimize(store.record(key, std::move(run)));
  }
  state.SetItemsProcessed(state.iterations() * kRuns);
}
BENCHMARK(store_record)->Arg(1000)->Arg(10000)->Arg(50000)->Unit(benchmark::kMicrosecond);

void store_snapshot(benchmark::State& state) {
  fleet::ResultStore store;
  fill_with_nla_fleet(store, static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const auto states = store.snapshot();
    if (states.size() != static_cast<std::size_t>(state.range(0)))
      return state.SkipWithError("some are missing");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(store_snapshot)->Arg(50000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace rdpwatch::bench
