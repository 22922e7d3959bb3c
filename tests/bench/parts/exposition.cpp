// The text of a scrape of 1,000 targets, and its compression. tests/bench/exposition.cpp measures a large
// fleet's.

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "daemon/metrics/gzip.hpp"
#include "daemon/metrics/target_exposition.hpp"
#include "tests/bench/nla_fleet.hpp"

namespace rdpwatch::bench {
namespace {

std::string exposition_of(const fleet::ResultStore& store) {
  metrics::TargetExpositionOptions options;
  options.now = kFleetTime;
  metrics::TargetExposition exposition(store.snapshot(), std::move(options));
  std::string text;
  for (auto piece = exposition.next(); !piece.empty(); piece = exposition.next()) text.append(piece);
  return text;
}

void count_bytes(benchmark::State& state, const std::string& text) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void exposition_text(benchmark::State& state) {
  fleet::ResultStore store;
  fill_with_nla_fleet(store, static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(exposition_of(store));
  count_bytes(state, exposition_of(store));
}
BENCHMARK(exposition_text)->Arg(1000)->Unit(benchmark::kMicrosecond);

void exposition_gzip(benchmark::State& state) {
  fleet::ResultStore store;
  fill_with_nla_fleet(store, static_cast<int>(state.range(0)));
  const std::string text = exposition_of(store);
  std::string packed;
  for (auto _ : state) {
    packed.clear();
    metrics::GzipStream gzip;
    gzip.write(text, packed);
    gzip.finish(packed);
    benchmark::DoNotOptimize(packed.data());
  }
  count_bytes(state, text);
}
BENCHMARK(exposition_gzip)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace rdpwatch::bench
