// What a page of the list of targets costs the HTTP thread: `bench_api_targets [endpoints]`, 50,000 by
// default. Prints milliseconds of CPU for the snapshot, for filtering and ordering, and for one piece of the
// answer.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "daemon/api/api.hpp"
#include "daemon/api/target_page.hpp"
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
  out.verdict = failed ? handshake::Verdict::failure : handshake::Verdict::success;
  if (failed) {
    out.failure = handshake::Failure{handshake::Phase::tls,
                                     handshake::FailureReason::connection_reset,
                                     "reset 12 ms after ClientHello, 0 bytes received",
                                     {}};
    return out;
  }
  out.certificate.emplace().subject = "CN=" + out.target;
  out.certificate->not_after = kNow + std::chrono::hours(number * 31 % 9000);
  out.host.emplace().dns_computer = "HOST" + std::to_string(number) + ".corp.example.com";
  return out;
}

void fill(fleet::ResultStore& store, int endpoints) {
  for (int i = 0; i < endpoints; ++i) {
    inventory::Target target;
    target.name = "host" + std::to_string(i) + ".corp.example.com:3389";
    target.group = "group-" + std::to_string(i / 100);
    target.labels = {{"site", "site-" + std::to_string(i / 1000)}, {"team", "euc"}};
    target.recipe = test::recipe_of("nla");
    const fleet::EndpointKey key{target.name, ""};
    store.put_endpoint(key, std::make_shared<const inventory::Target>(std::move(target)), kNow);
    fleet::RunRecord run;
    run.attempts.push_back(result(i, i % 20 == 0));
    run.finished = kNow + std::chrono::seconds(i % 60);
    store.record(key, std::move(run));
  }
}

/// What the HTTP thread does at one go for this question, and in the longest piece of the answer.
void measure(const api::Api& api, const char* path, const char* query) {
  double at_once = 0;
  double piece = 0;
  std::size_t bytes = 0;
  for (int i = 0; i < kRounds; ++i) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    request.query = query;
    double began = cpu_milliseconds();
    auto response = api.answer(request);
    at_once = std::max(at_once, cpu_milliseconds() - began);
    bytes = response.body.size();
    while (response.stream) {
      began = cpu_milliseconds();
      const auto text = response.stream->next();
      piece = std::max(piece, cpu_milliseconds() - began);
      bytes += text.size();
      if (text.empty()) break;
    }
  }
  std::printf("%-16s %-46s worst of %d: %6.1f ms at once, %5.2f ms a piece, %8zu bytes\n", path, query,
              kRounds, at_once, piece, bytes);
}

}  // namespace

int main(int argc, char** argv) {
  const int endpoints = argc > 1 ? std::atoi(argv[1]) : 50000;
  fleet::ResultStore store;
  fill(store, endpoints);
  const metrics::SelfMetrics self({"0", "0", "0", "0"});
  const api::Api api({store, self, "0", kNow, [] { return kNow; }});
  const double began = cpu_milliseconds();
  const std::size_t size = store.snapshot().size();
  std::printf("%zu endpoints; their snapshot alone %.1f ms\n", size, cpu_milliseconds() - began);
  measure(api, "/api/v1/targets", "");
  measure(api, "/api/v1/targets", "state=down&per_page=1000");
  measure(api, "/api/v1/targets", "q=corp.example.net&sort=group");
  measure(api, "/api/v1/targets", "site=site-7&state=up&sort=-duration");
  measure(api, "/api/v1/targets", "sort=days_to_expiry&page=250");
  measure(api, "/api/v1/targets", "format=csv");
  measure(api, "/api/v1/groups", "");
  measure(api, "/api/v1/status", "");
  return 0;
}
