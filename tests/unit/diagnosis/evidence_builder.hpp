#pragma once
// Evidence for tests, built step by step: attempts, experiments and what the fleet knows.

#include <string>
#include <utility>

#include "probes/diagnosis/evidence.hpp"

namespace rdpwatch::diagnosis {

inline handshake::ProbePlan named_plan() {
  handshake::ProbePlan plan;
  plan.target = "ts09.corp.example:3389";
  plan.host = "ts09.corp.example";
  plan.group = "rdsh";
  return plan;
}

inline handshake::ProbeResult passing() {
  handshake::ProbeResult result;
  result.target = "ts09.corp.example:3389";
  result.address = "10.0.0.9:3389";
  result.module = "tls";
  result.verdict = handshake::Verdict::success;
  result.duration = std::chrono::milliseconds(41);
  result.transport = handshake::TransportFacts{std::chrono::milliseconds(10), 0};
  result.addresses = {"10.0.0.9"};
  return result;
}

inline handshake::ProbeResult failing(handshake::Phase phase, handshake::FailureReason reason,
                                      std::string detail = "", std::optional<std::int64_t> number = {}) {
  handshake::ProbeResult result = passing();
  result.verdict = handshake::Verdict::failure;
  result.failure = handshake::Failure{phase, reason, std::move(detail), number, std::nullopt};
  return result;
}

/// A connection that the peer, a timer or nobody ended: `after` is what was sent last.
inline handshake::ProbeResult ended(handshake::Phase phase, handshake::FailureReason reason,
                                    std::string after, handshake::Duration delay, std::uint64_t bytes = 0) {
  handshake::ProbeResult result = failing(phase, reason, "as scripted");
  result.failure->moment = handshake::IoMoment{std::move(after), delay, bytes};
  return result;
}

inline handshake::ProbeResult cut_at_client_hello() {
  using namespace std::chrono_literals;
  auto result = ended(handshake::Phase::tls, handshake::FailureReason::connection_reset, "ClientHello", 12ms);
  result.negotiation.emplace();
  result.negotiation->selected = 8;
  result.negotiation->attempts.push_back({0x0B, handshake::TlsProfile::legacy, handshake::Phase::tls,
                                          handshake::FailureReason::connection_reset, "as scripted",
                                          handshake::IoMoment{"ClientHello", 11ms, 0}});
  return result;
}

inline handshake::ProbeResult silent_in_tls() {
  using namespace std::chrono_literals;
  return ended(handshake::Phase::tls, handshake::FailureReason::timeout, "ClientHello", 5s);
}

inline handshake::CertificateFacts certificate(std::string fingerprint = "aa") {
  handshake::CertificateFacts facts;
  facts.subject = "CN=ts09";
  facts.issuer = "CN=ts09";
  facts.sha256 = std::move(fingerprint);
  facts.self_signed = true;
  return facts;
}

class EvidenceBuilder {
 public:
  explicit EvidenceBuilder(handshake::ProbeResult attempt) {
    evidence_.plan = named_plan();
    evidence_.attempts.push_back(std::move(attempt));
  }

  EvidenceBuilder& tried(ExperimentKind kind, handshake::ProbeResult result) {
    evidence_.experiments.push_back({kind, std::move(result)});
    return *this;
  }
  EvidenceBuilder& sibling_passes() {
    auto result = passing();
    result.target = "ts08.corp.example:3389";
    evidence_.fleet.siblings = 9;
    evidence_.fleet.siblings_up = 9;
    return tried(ExperimentKind::sibling, std::move(result));
  }
  EvidenceBuilder& fleet(FleetContext context) {
    evidence_.fleet = std::move(context);
    return *this;
  }
  EvidenceBuilder& user_fails() {
    evidence_.user_fails = true;
    return *this;
  }
  EvidenceBuilder& literal() {
    evidence_.plan.host = "10.0.0.9";
    evidence_.plan.host_is_literal = true;
    return *this;
  }
  Evidence build() const { return evidence_; }
  operator Evidence() const {
    return evidence_;
  }  // NOLINT(google-explicit-constructor): reads better in rows.

 private:
  Evidence evidence_;
};

}  // namespace rdpwatch::diagnosis
