// What the pages cost the HTTP thread: `bench_pages [endpoints]`, 50,000 by default, with none, 1 % and 10 %
// of them down. For each page: milliseconds of CPU (median and worst), the heap that it needs on top while it
// is made, and its size.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "daemon/api/target_id.hpp"
#include "daemon/fleet/fleet_judgement.hpp"
#include "daemon/pages/pages.hpp"
#include "tests/bench/ask_route.hpp"
#include "tests/bench/counted_heap.hpp"
#include "tests/bench/cpu_time.hpp"
#include "tests/support/recipes.hpp"

namespace {

using namespace rdpwatch;
using bench::cpu_milliseconds;

constexpr int kRounds = 9;
const fleet::WallTime kNow{std::chrono::seconds(1800000000)};

handshake::ProbeResult result(int number, bool failed) {
  handshake::ProbeResult out;
  out.target = "host" + std::to_string(number) + ".corp.example.com:3389";
  out.address = "10.0." + std::to_string(number / 256 % 256) + "." + std::to_string(number % 256) + ":3389";
  out.duration = std::chrono::microseconds(14000 + number * 7919 % 90000);
  out.phases = {{handshake::Phase::connect, std::chrono::microseconds(2000)},
                {handshake::Phase::negotiate, std::chrono::microseconds(3000)}};
  out.verdict = failed ? handshake::Verdict::failure : handshake::Verdict::success;
  if (failed) {
    out.failure = handshake::Failure{handshake::Phase::tls,
                                     handshake::FailureReason::connection_reset,
                                     "reset 12 ms after ClientHello, 0 bytes received",
                                     {}};
    return out;
  }
  out.tls.emplace();
  out.certificate.emplace().subject = "CN=" + out.target;
  out.certificate->not_after = kNow + std::chrono::hours(number * 31 % 9000);
  out.host.emplace().dns_computer = "HOST" + std::to_string(number) + ".corp.example.com";
  return out;
}

std::string name_of(int number) {
  return "host" + std::to_string(number) + ".corp.example.com:3389";
}

/// Every endpoint with a first run that went well, and a second one that failed for `percent` of them.
void fill(fleet::ResultStore& store, int endpoints, int percent) {
  const auto cause = std::make_shared<diagnosis::Diagnosis>();
  cause->causes.push_back({"private_key_unreadable", diagnosis::Likelihood::likely, {"reset at once"}, {}});
  for (int i = 0; i < endpoints; ++i) {
    inventory::Target target;
    target.name = name_of(i);
    target.group = "group-" + std::to_string(i / 100);
    target.labels = {{"site", "site-" + std::to_string(i / 1000)}, {"team", "euc"}};
    target.recipe = rdpwatch::test::recipe_of("nla");
    const fleet::EndpointKey key{target.name, ""};
    const bool fails = i % 100 < percent;
    store.put_endpoint(key, std::make_shared<const inventory::Target>(std::move(target)), kNow);
    for (const bool failed : {false, fails}) {
      fleet::RunRecord run;
      run.attempts.push_back(result(i, failed));
      run.finished = kNow - std::chrono::seconds(failed ? i % 3000 : 3600 + i % 60);
      if (failed) run.diagnosis = cause;
      store.record(key, std::move(run));
    }
  }
  store.set_judgement(std::make_shared<const fleet::FleetJudgement>(store.snapshot(), kNow));
}

void measure(const http::Router& router, const std::string& path, const std::string& query = "") {
  std::vector<double> took;
  std::size_t extra = 0;
  http::Response response;
  for (int i = 0; i < kRounds; ++i) {
    response = {};
    const std::size_t before = bench::restart_heap_peak();
    const double began = cpu_milliseconds();
    response = bench::get(router, path, query);
    took.push_back(cpu_milliseconds() - began);
    extra = std::max(extra, bench::heap_peak() - before);
  }
  std::sort(took.begin(), took.end());
  std::printf("  %u %-52s %6.1f ms, worst of %d %6.1f ms, %8.2f MiB of heap, %7zu bytes\n", response.status,
              (path + (query.empty() ? "" : "?") + query).c_str(), took[kRounds / 2], kRounds, took.back(),
              static_cast<double>(extra) / (1024 * 1024), response.body.size());
}

void measure_fleet(on_demand::OnDemandProber& prober, int endpoints, int percent) {
  fleet::ResultStore store;
  fill(store, endpoints, percent);
  metrics::SelfMetrics self({"0", "0", "0", "0"});
  const pages::ConfigurationBoard board;
  on_demand::TargetRuns runs(prober, store, self);
  maintenance::Maintenances maintenances;
  const events::Journal journal;
  const pages::Pages pages({store, self, board, "0", runs, maintenances, journal, "", [] { return kNow; }});
  http::Router router;
  pages.add_to(router);
  const double began = cpu_milliseconds();
  const std::size_t size = store.snapshot().size();
  std::printf("%zu endpoints, %d %% down; their snapshot alone %.1f ms\n", size, percent,
              cpu_milliseconds() - began);
  measure(router, "/");
  measure(router, "/targets");
  measure(router, "/targets", "q=corp.example.net");
  measure(router, "/targets", "page=" + std::to_string((endpoints + 49) / 50));
  measure(router, "/targets", "state=up&sort=-duration&per_page=1000");
  measure(router, "/targets/" + api::id_of({name_of(0), ""}));
  measure(router, "/groups");
  measure(router, "/groups/group-0");
}

}  // namespace

int main(int argc, char** argv) {
  const int endpoints = argc > 1 ? std::atoi(argv[1]) : 50000;
  // The pages offer runs; nobody asks for one here.
  on_demand::OnDemandProber prober([](auto&&...) { return scheduling::WatchedProbe(); });
  for (const int percent : {0, 1, 10}) measure_fleet(prober, endpoints, percent);
  return 0;
}
