// What a judgement of a large fleet costs: `bench_judgement [endpoints]`, 50,000 by default, in groups of
// 100. Prints milliseconds of CPU for a healthy fleet, for one with a broken site, and for one that is down
// as a whole.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "daemon/fleet/fleet_judgement.hpp"
#include "tests/bench/cpu_time.hpp"

namespace {

using namespace rdpwatch;
using bench::cpu_milliseconds;
using fleet::TargetState;

constexpr int kGroupSize = 100;
constexpr int kGroupsOfSite = 10;
const fleet::WallTime kNow{std::chrono::seconds(1800000000)};

handshake::ProbeResult healthy(std::mt19937& random) {
  std::lognormal_distribution<double> took(2.6, 0.4);
  handshake::ProbeResult result;
  result.verdict = handshake::Verdict::success;
  for (const auto phase : fleet::kGroupPhases)
    result.phases.push_back({phase, std::chrono::microseconds(static_cast<int>(took(random) * 1000))});
  result.negotiation.emplace().selected = 8;
  result.tls.emplace();
  result.certificate.emplace().issuer_cn = "Example Corp Issuing CA 2";
  result.certificate->not_after = kNow;
  result.certificate->not_before = kNow - std::chrono::days(365);
  result.host.emplace().os_build = "10.0.20348";
  return result;
}

TargetState member(int number, std::mt19937& random) {
  inventory::Target target;
  target.name = "host" + std::to_string(number) + ".corp.example.com:3389";
  target.group = "group-" + std::to_string(number / kGroupSize);
  target.labels["site"] = "site-" + std::to_string(number / kGroupSize / kGroupsOfSite);
  TargetState state;
  state.key = {target.name, ""};
  state.target = std::make_shared<const inventory::Target>(std::move(target));
  state.status = fleet::TargetStatus::up;
  state.last_run = state.last_success = kNow - std::chrono::seconds(number % 60);
  state.last_address = "10." + std::to_string(number / 65536) + "." + std::to_string(number / 256 % 256) +
                       "." + std::to_string(number % 256) + ":3389";
  state.clock.skew = handshake::Seconds(0.2);
  for (int run = 0; run < 2; ++run) state.durations.note(healthy(random));
  const auto result = std::make_shared<const handshake::ProbeResult>(healthy(random));
  state.durations.note(*result);
  state.last_result = result;
  state.certificate = {result, &*result->certificate};
  state.host = {result, &*result->host};
  return state;
}

/// The first `down` endpoints fail.
std::vector<fleet::StatePtr> fleet_with(int endpoints, int down) {
  std::mt19937 random(42);
  std::vector<fleet::StatePtr> fleet;
  for (int i = 0; i < endpoints; ++i) {
    auto state = std::make_shared<TargetState>(member(i, random));
    if (i < down) {
      state->status = fleet::TargetStatus::down;
      state->consecutive_failures = 1;
      state->failing_since = kNow - std::chrono::seconds(i % 60);
    }
    fleet.push_back(std::move(state));
  }
  return fleet;
}

void measure(const char* what, const std::vector<fleet::StatePtr>& fleet) {
  constexpr int kRounds = 5;
  double worst = 0;
  std::size_t paths = 0;
  std::size_t outliers = 0;
  for (int i = 0; i < kRounds; ++i) {
    const double began = cpu_milliseconds();
    const fleet::FleetJudgement judgement(fleet, kNow);
    worst = std::max(worst, cpu_milliseconds() - began);
    paths = judgement.paths().size();
    outliers = judgement.outliers().size();
  }
  std::printf("%-16s %7zu endpoints  worst of %d: %6.1f ms  (%zu paths, %zu outliers)\n", what, fleet.size(),
              kRounds, worst, paths, outliers);
}

}  // namespace

int main(int argc, char** argv) {
  const int endpoints = argc > 1 ? std::atoi(argv[1]) : 50000;
  measure("healthy", fleet_with(endpoints, 0));
  measure("a site is down", fleet_with(endpoints, kGroupSize * kGroupsOfSite));
  measure("all is down", fleet_with(endpoints, endpoints));
  std::printf("%zu bytes a TargetState\n", sizeof(TargetState));
  return 0;
}
