#pragma once
// Made-up targets, results and runs for the store's tests.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/fleet/result_store.hpp"

namespace rdpwatch::fleet::test {

/// The places of two phases in what is kept for each phase.
inline constexpr std::size_t kConnect = 1;
inline constexpr std::size_t kTls = 3;

/// The one endpoint of a store that has one.
inline const EndpointKey kKey{"ts01:3389", ""};

inline WallTime at(std::int64_t seconds) {
  return WallTime(std::chrono::seconds(seconds));
}

inline inventory::TargetPtr target(const std::string& name, const std::string& group = "a") {
  inventory::Target target;
  target.name = name;
  target.group = group;
  return std::make_shared<const inventory::Target>(std::move(target));
}

inline handshake::ProbeResult success(const std::string& fingerprint = "") {
  handshake::ProbeResult result;
  result.verdict = handshake::Verdict::success;
  result.address = "10.0.0.9:3389";
  if (!fingerprint.empty()) {
    result.certificate.emplace();
    result.certificate->sha256 = fingerprint;
  }
  return result;
}

inline handshake::ProbeResult failure(handshake::Phase phase, handshake::FailureReason reason) {
  handshake::ProbeResult result;
  result.verdict = handshake::Verdict::failure;
  result.failure = handshake::Failure{phase, reason, "", {}};
  return result;
}

inline handshake::ProbeResult timeout() {
  return failure(handshake::Phase::connect, handshake::FailureReason::timeout);
}

/// What an audit found, as far as a test can tell two of them apart by it.
inline handshake::AuditResult audit(bool nla_required, int connections) {
  handshake::AuditResult result;
  result.verdict = handshake::Verdict::success;
  result.nla_required = nla_required;
  result.connections = connections;
  return result;
}

inline RunRecord run(std::vector<handshake::ProbeResult> attempts, std::int64_t seconds) {
  return RunRecord{std::move(attempts), at(seconds), std::chrono::seconds(60)};
}

}  // namespace rdpwatch::fleet::test
