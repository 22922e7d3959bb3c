// The scheduler's table: whose turn is it, and when again.

#include "daemon/scheduling/endpoint_table.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace rdpwatch::scheduling {
namespace {

constexpr std::chrono::seconds kInterval{60};

void table_take_first_and_reschedule(benchmark::State& state) {
  EndpointTable table;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    inventory::Target target;
    target.name = "ts" + std::to_string(i) + ".corp.example.com:3389";
    const TimePoint due(std::chrono::milliseconds(stable_hash(target.name) % 60000));
    table.add(std::make_shared<const inventory::Target>(std::move(target)), "", due);
  }
  for (auto _ : state) {
    const EndpointPtr first = table.first();
    table.reschedule(first, first->due + kInterval);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(table_take_first_and_reschedule)->Arg(1000)->Arg(10000)->Arg(50000);

}  // namespace
}  // namespace rdpwatch::scheduling
