#pragma once
// Probe results as a prober would give them, for the tests of scheduling.

#include <string>
#include <utility>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::scheduling {

/// A moment to count from.
inline const handshake::TimePoint kStart{std::chrono::seconds(1000)};

inline handshake::ProbeResult succeeded() {
  handshake::ProbeResult result;
  result.verdict = handshake::Verdict::success;
  return result;
}

inline handshake::ProbeResult failed(handshake::Phase phase, handshake::FailureReason reason) {
  handshake::ProbeResult result;
  result.verdict = handshake::Verdict::failure;
  result.failure = handshake::Failure{phase, reason, "", std::nullopt};
  return result;
}

/// A reset that the ClientHello met with.
inline handshake::ProbeResult cut() {
  auto result = failed(handshake::Phase::tls, handshake::FailureReason::connection_reset);
  result.address = "10.0.0.9:3389";
  result.failure->moment = handshake::IoMoment{"ClientHello", std::chrono::milliseconds(3), 0};
  return result;
}

inline handshake::ProbeResult local_fault() {
  auto result = failed(handshake::Phase::connect, handshake::FailureReason::local_resources);
  result.verdict = handshake::Verdict::local_fault;
  return result;
}

inline handshake::ProbeResult abandoned(std::string why) {
  handshake::ProbeResult result;
  result.verdict = handshake::Verdict::abandoned;
  result.abandoned_why = std::move(why);
  return result;
}

}  // namespace rdpwatch::scheduling
