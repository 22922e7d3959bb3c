// What a second worker brings: the scheduler, the store and an observer that does nothing, with probes that
// keep a core busy for as long as a TLS handshake does and wait for nothing. More are due than two workers
// can make, so what is counted is what they manage; with a core for each worker twice as much is the most
// there can be.
//
// usage: bench_workers [SECONDS [ROUNDS]]
// Prints one JSON object: runs a second with one and with two workers, medians of the rounds, which take
// turns.

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "daemon/scheduling/scheduler.hpp"

namespace {

using namespace rdpwatch;
using std::chrono::milliseconds;

constexpr int kTargets = 20'000;
constexpr milliseconds kInterval(2'000);  // 10,000 runs a second are due
constexpr std::chrono::microseconds kHandshake(700);

class Unmoved : public scheduling::SchedulerObserver {
 public:
  void attempt_done(const inventory::Target&, const handshake::ProbeResult&) override {}
  void run_done(const inventory::Target&, const fleet::EndpointKey&, const handshake::ProbeResult&,
                const std::optional<fleet::StatusChange>&, const diagnosis::Diagnosis*) override {}
  void certificate_changed(const inventory::Target&, const fleet::TargetState&,
                           const fleet::TargetState&) override {}
  void audit_done(const inventory::Target&, const fleet::EndpointKey&,
                  const handshake::AuditResult&) override {}
  void diagnosis_done(const inventory::Target&, const fleet::EndpointKey&,
                      const diagnosis::Diagnosis&) override {}
  void skipped(std::string_view) override {}
  void schedule_lag(double) override {}
};

boost::asio::awaitable<handshake::ProbeResult> busy_probe(handshake::ProbePlan plan) {
  const auto end = handshake::Clock::now() + kHandshake;
  while (handshake::Clock::now() < end) {
  }
  handshake::ProbeResult result;
  result.target = plan.target;
  result.group = plan.group;
  result.module = plan.module;
  result.verdict = handshake::Verdict::success;
  result.duration = kHandshake;
  co_return result;
}

std::shared_ptr<const inventory::Snapshot> fleet_of(int targets) {
  auto snapshot = std::make_shared<inventory::Snapshot>();
  for (int i = 0; i < targets; ++i) {
    inventory::Target target;
    target.name = "ts" + std::to_string(i) + ".corp.example.com:3389";
    target.group = "bench";
    target.host = target.name.substr(0, target.name.find(':'));
    target.interval = kInterval;
    snapshot->emplace(target.name, std::make_shared<const inventory::Target>(target));
  }
  return snapshot;
}

double runs_a_second(int workers, std::chrono::seconds time) {
  fleet::ResultStore store;
  Unmoved observer;
  const scheduling::ProbeFunctionFactory factory = [](boost::asio::io_context&) -> scheduling::ProbeFunction {
    return [](handshake::ProbePlan plan) { return busy_probe(std::move(plan)); };
  };
  scheduling::Scheduler scheduler({.workers = workers, .policy = {}}, store, observer, factory);
  scheduler.apply(fleet_of(kTargets));
  const auto runs = [&store] {
    std::uint64_t sum = 0;
    store.for_each([&sum](const fleet::TargetState& state) { sum += state.probes_total; });
    return sum;
  };
  while (store.size() < kTargets) std::this_thread::sleep_for(milliseconds(10));
  const auto before = runs();
  const auto began = handshake::Clock::now();
  std::this_thread::sleep_for(time);
  const auto made = runs() - before;
  return static_cast<double>(made) / std::chrono::duration<double>(handshake::Clock::now() - began).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** values) {
  const std::chrono::seconds time(count > 1 ? std::atoi(values[1]) : 5);
  const int rounds = count > 2 ? std::atoi(values[2]) : 5;
  std::vector<double> one;
  std::vector<double> two;
  for (int round = 0; round < rounds; ++round) {
    one.push_back(runs_a_second(1, time));
    two.push_back(runs_a_second(2, time));
  }
  std::printf("{\"one_worker\": %.0f, \"two_workers\": %.0f, \"ratio\": %.2f}\n", median(one), median(two),
              median(two) / median(one));
  return 0;
}
