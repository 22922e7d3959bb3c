// One whole probe of a healthy host up to TLS, driven by events: no sockets, no clock.

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <variant>

#include "probes/handshake/handshake_machine.hpp"
#include "tests/support/hex.hpp"

namespace rdpwatch::handshake {
namespace {

using namespace std::chrono_literals;

ProbePlan plan_of_a_name() {
  ProbePlan plan;
  plan.target = "ts09.corp.example.com:3389";
  plan.host = "ts09.corp.example.com";
  plan.group = "rdsh";
  return plan;
}

std::array<Event, 7> events_of_a_healthy_host() {
  CertificateFacts certificate;
  certificate.subject = "CN=ts09.corp.example.com";
  const TlsFacts tls{TlsVersion::tls13, "TLS_AES_256_GCM_SHA384", "x25519", TlsProfile::modern, false, {}};
  const Bytes confirm = test::from_hex("030000130ed00000123400021f080008000000");
  return {Start{},
          Resolved{{"10.0.0.9"}},
          Admitted{},
          Connected{},
          Sent{},
          BytesReceived{confirm},
          TlsEstablished{tls, certificate}};
}

void machine_healthy_probe(benchmark::State& state) {
  const ProbePlan plan = plan_of_a_name();
  const auto events = events_of_a_healthy_host();
  for (auto _ : state) {
    HandshakeMachine machine(plan);
    TimePoint now{};
    for (const Event& event : events) {
      now += 1ms;
      const Action action = machine.resume(event, now);
      if (std::holds_alternative<Finish>(action.what)) machine.connection_closed({500us, 0});
    }
    const ProbeResult result = machine.take_result();
    if (result.verdict != Verdict::success) return state.SkipWithError("the probe did not succeed");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(machine_healthy_probe);

}  // namespace
}  // namespace rdpwatch::handshake
