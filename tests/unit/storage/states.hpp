#pragma once
// A state in which every kind of fact is there, and stores to keep it in.

#include <memory>
#include <string>
#include <utility>

#include "daemon/fleet/result_store.hpp"

namespace rdpwatch::storage::test {

inline fleet::WallTime at(std::int64_t seconds) {
  return fleet::WallTime(std::chrono::seconds(seconds));
}

inline inventory::TargetPtr target(const std::string& name) {
  inventory::Target target;
  target.name = name;
  target.group = "a";
  return std::make_shared<const inventory::Target>(std::move(target));
}

inline handshake::CertificateFacts certificate(char digit = 'a') {
  handshake::CertificateFacts facts;
  facts.subject = "CN=ts01.corp.example.com";
  facts.issuer = "CN=Corp \"CA\"";
  facts.subject_cn = "ts01.corp.example.com";
  facts.sans = {"DNS:ts01", "IP:192.0.2.9"};
  facts.sha256 = std::string(64, digit);
  facts.not_before = at(1000);
  facts.not_after = at(9000000000);
  facts.key_type = "RSA";
  facts.key_bits = 2048;
  facts.problems = {handshake::CertificateProblem::expired, handshake::CertificateProblem::untrusted};
  return facts;
}

inline handshake::ProbeResult success(const handshake::CertificateFacts& shown = certificate()) {
  handshake::ProbeResult result;
  result.target = "ts01:3389";
  result.verdict = handshake::Verdict::success;
  result.address = "192.0.2.9:3389";
  result.started = at(1700000000) + std::chrono::nanoseconds(123456789);
  result.duration = std::chrono::milliseconds(12);
  result.connections = 2;
  result.phases = {{handshake::Phase::connect, std::chrono::milliseconds(1)},
                   {handshake::Phase::tls, std::chrono::milliseconds(11)}};
  result.negotiation.emplace().selected = 2;
  result.negotiation->attempts.push_back({3,
                                          handshake::TlsProfile::legacy,
                                          handshake::Phase::negotiate,
                                          handshake::FailureReason::timeout,
                                          "late",
                                          {}});
  result.tls.emplace().cipher = "TLS_AES_256_GCM_SHA384";
  result.certificate = shown;
  result.host.emplace().os_build = "10.0.20348";
  result.host->clock_skew = handshake::Seconds(-1.5);
  result.mcs.emplace().encryption_level = 3;
  result.licensing.emplace().scopes = {"microsoft.com"};
  result.transport.emplace().retransmits = 1;
  result.findings = {"clock_skew"};
  return result;
}

inline handshake::ProbeResult failure() {
  handshake::ProbeResult result;
  result.target = "ts01:3389";
  result.verdict = handshake::Verdict::failure;
  result.failure =
      handshake::Failure{handshake::Phase::tls, handshake::FailureReason::connection_reset, "reset", 104,
                         handshake::IoMoment{"ClientHello", std::chrono::milliseconds(3), 7}};
  result.addresses_complete = false;
  return result;
}

inline std::shared_ptr<const diagnosis::Diagnosis> diagnosis_of(const handshake::Failure& failure) {
  auto judged = std::make_shared<diagnosis::Diagnosis>();
  judged->judged = at(1700000060);
  judged->failure = failure;
  judged->causes.push_back(
      {"private_key_unreadable", diagnosis::Likelihood::likely, {"reset at once"}, {"but"}});
  judged->experiments.push_back(
      {diagnosis::ExperimentKind::small_segments, "ts01:3389", "192.0.2.9:3389", true, "passed"});
  return judged;
}

/// Runs of an endpoint, the newest last.
inline void record(fleet::ResultStore& store, const fleet::EndpointKey& key, handshake::ProbeResult result,
                   std::int64_t seconds) {
  fleet::RunRecord run;
  if (result.failure) run.diagnosis = diagnosis_of(*result.failure);
  run.attempts.push_back(std::move(result));
  run.finished = at(seconds);
  run.interval = std::chrono::seconds(60);
  store.record(key, std::move(run));
}

inline const fleet::EndpointKey kKey{"ts01:3389", ""};

}  // namespace rdpwatch::storage::test
