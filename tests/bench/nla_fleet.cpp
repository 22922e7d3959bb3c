#include "tests/bench/nla_fleet.hpp"
#include "tests/support/recipes.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <utility>

namespace rdpwatch::bench {
namespace {

using handshake::Phase;
using std::chrono::microseconds;

constexpr int kGroupSize = 100;
constexpr int kGroupsOfSite = 10;

std::string host_name(int number) {
  return "ts" + std::to_string(number) + ".corp.example.com";
}

/// 64 hexadecimal digits that differ from host to host, as random as a real fingerprint's.
std::string fingerprint(int number) {
  std::mt19937_64 random(static_cast<std::uint64_t>(number));
  std::string digits;
  for (int part = 0; part < 4; ++part) {
    std::array<char, 17> sixteen{};
    std::snprintf(sixteen.data(), sixteen.size(), "%016llx", static_cast<unsigned long long>(random()));
    digits += sixteen.data();
  }
  return digits;
}

handshake::CertificateFacts certificate(int number) {
  const bool own = number % 3 == 0;
  handshake::CertificateFacts facts;
  facts.subject_cn = host_name(number);
  facts.subject = "CN=" + facts.subject_cn;
  facts.issuer_cn = own ? facts.subject_cn : "Example Corp Issuing CA 2";
  facts.issuer = "CN=" + facts.issuer_cn;
  facts.sans = {"DNS:" + facts.subject_cn};
  facts.serial = fingerprint(number).substr(0, 32);
  facts.sha256 = fingerprint(number);
  facts.not_before = kFleetTime - std::chrono::hours(number * 17 % 4000);
  facts.not_after = kFleetTime + std::chrono::hours(number * 31 % 9000);
  facts.key_type = "RSA";
  facts.key_bits = 2048;
  facts.signature_algorithm = "sha256WithRSAEncryption";
  facts.self_signed = own;
  if (own) facts.problems = {handshake::CertificateProblem::self_signed};
  return facts;
}

handshake::HostFacts host(int number) {
  handshake::HostFacts facts;
  facts.netbios_computer = "TS" + std::to_string(number);
  facts.netbios_domain = "CORP";
  facts.dns_computer = host_name(number);
  facts.dns_domain = "corp.example.com";
  facts.dns_forest = "corp.example.com";
  facts.os_build = "10.0.20348";
  facts.os_name = "Windows Server 2022";
  facts.clock_skew = handshake::Seconds((number % 21 - 10) / 10.0);
  facts.name_mismatch = false;
  return facts;
}

handshake::ProbeResult reset_in_tls(int number) {
  handshake::ProbeResult result;
  result.target = nla_key(number).target;
  result.address = nla_result(number).address;
  result.verdict = handshake::Verdict::failure;
  result.duration = microseconds(30000 + number % 5000);
  result.phases = {{Phase::connect, microseconds(1500 + number % 700)},
                   {Phase::negotiate, microseconds(2500 + number % 900)},
                   {Phase::tls, microseconds(12000 + number % 999)}};
  result.failure = handshake::Failure{
      Phase::tls, handshake::FailureReason::connection_reset, "reset after ClientHello", {}};
  return result;
}

}  // namespace

fleet::EndpointKey nla_key(int number) {
  return {host_name(number) + ":3389", ""};
}

handshake::ProbeResult nla_result(int number) {
  handshake::ProbeResult result;
  result.target = nla_key(number).target;
  result.address = "10." + std::to_string(number / 65536) + "." + std::to_string(number / 256 % 256) + "." +
                   std::to_string(number % 256) + ":3389";
  result.verdict = handshake::Verdict::success;
  result.duration = microseconds(14000 + number * 7919LL % 90000);
  result.phases = {{Phase::resolve, microseconds(300 + number * 13LL % 800)},
                   {Phase::connect, microseconds(1500 + number * 17LL % 2000)},
                   {Phase::negotiate, microseconds(2500 + number * 19LL % 3000)},
                   {Phase::tls, microseconds(6000 + number * 23LL % 20000)},
                   {Phase::nla, microseconds(3000 + number * 29LL % 9000)}};
  result.negotiation.emplace().requested = 0x0B;
  result.negotiation->selected = 8;
  result.negotiation->flags = 0x1F;
  result.tls.emplace().version =
      number % 2 == 0 ? handshake::TlsVersion::tls13 : handshake::TlsVersion::tls12;
  result.tls->cipher = number % 2 == 0 ? "TLS_AES_256_GCM_SHA384" : "ECDHE-RSA-AES256-GCM-SHA384";
  result.certificate = certificate(number);
  result.nla = handshake::NlaFacts{handshake::NlaOutcome::challenge, 6, {}};
  result.host = host(number);
  result.transport = handshake::TransportFacts{microseconds(400 + number * 37LL % 4000), 0};
  return result;
}

fleet::RunRecord run_of(handshake::ProbeResult attempt) {
  fleet::RunRecord run;
  run.attempts.push_back(std::move(attempt));
  run.finished = kFleetTime;
  run.interval = std::chrono::seconds(60);
  return run;
}

void fill_with_nla_fleet(fleet::ResultStore& store, int endpoints) {
  const auto diagnosis = std::make_shared<diagnosis::Diagnosis>();
  diagnosis->causes = {{"private_key_unreadable", diagnosis::Likelihood::likely, {"reset at once"}, {}},
                       {"no_common_tls", diagnosis::Likelihood::possible, {}, {}}};
  const auto nla = test::recipe_of("nla", handshake::Depth::nla);
  for (int i = 0; i < endpoints; ++i) {
    const fleet::EndpointKey key = nla_key(i);
    inventory::Target target;
    target.name = key.target;
    target.group = "rdsh-" + std::to_string(i / kGroupSize);
    target.labels = {{"site", "site-" + std::to_string(i / kGroupSize / kGroupsOfSite)}, {"team", "euc"}};
    target.recipe = nla;
    store.put_endpoint(key, std::make_shared<const inventory::Target>(std::move(target)), kFleetTime);
    fleet::RunRecord first = run_of(nla_result(i));
    first.finished = kFleetTime - std::chrono::milliseconds(60000 + i * 41LL % 60000);
    store.record(key, std::move(first));
    if (!is_down(i)) continue;
    fleet::RunRecord failed = run_of(reset_in_tls(i));
    failed.diagnosis = diagnosis;
    store.record(key, std::move(failed));
  }
}

}  // namespace rdpwatch::bench
