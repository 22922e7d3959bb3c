// What is read of a host's certificate: a self-signed one with RSA 2048, as Windows makes them.

#include "probes/transport/certificate.hpp"

#include <benchmark/benchmark.h>

#include <chrono>

#include "probes/transport/certificate_judgement.hpp"
#include "tests/support/test_certificates.hpp"

namespace rdpwatch::transport {
namespace {

X509Ptr self_signed() {
  test::CertificateSpec spec;
  spec.extensions = {{"subjectAltName", "DNS:ts09"}, {"extendedKeyUsage", "serverAuth"}};
  return test::make_certificate(spec);
}

/// Decoded anew each time: OpenSSL keeps what it has worked out of a certificate, and each probe has another.
void certificate_facts_and_judgement(benchmark::State& state) {
  const std::string der = test::der_of(self_signed().get());
  Expectation expectation;
  expectation.now = std::chrono::sys_days(std::chrono::year(2026) / 4 / 1);
  expectation.name = "ts09";
  for (auto _ : state) {
    const X509Ptr leaf = test::certificate_from_der(der);
    const auto facts = certificate_facts(leaf.get());
    const auto problems = judge(leaf.get(), facts, expectation);
    if (!facts.self_signed || problems.size() != 1) return state.SkipWithError("another judgement");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(certificate_facts_and_judgement);

}  // namespace
}  // namespace rdpwatch::transport
