#pragma once
// Drives a HandshakeMachine by a list of Events, one a step, without sockets and clocks. Time starts at zero
// and goes on by `step` before each Event.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "probes/handshake/handshake_machine.hpp"
#include "tests/support/hex.hpp"

namespace rdpwatch::handshake::test {

using namespace std::chrono_literals;
using rdpwatch::test::from_hex;

inline ProbePlan name_plan() {
  ProbePlan plan;
  plan.target = "ts09.corp.example.com:3389";
  plan.host = "ts09.corp.example.com";
  plan.group = "rdsh";
  return plan;
}

inline ProbePlan literal_plan() {
  ProbePlan plan;
  plan.target = "10.0.0.9:3389";
  plan.host = "10.0.0.9";
  plan.host_is_literal = true;
  return plan;
}

/// Connection Confirms of the wire, as Events.
inline Event bytes(const char* hex) {
  return BytesReceived{from_hex(hex)};
}
inline Event confirm_selected(int protocol) {
  auto cc = from_hex("030000130ed00000123400021f080000000000");
  cc[15] = static_cast<std::uint8_t>(protocol);
  return BytesReceived{cc};
}
inline Event confirm_failure(int code) {
  auto cc = from_hex("030000130ed000001234000300080000000000");
  cc[15] = static_cast<std::uint8_t>(code);
  return BytesReceived{cc};
}
inline Event confirm_without_negotiation() {
  return bytes("0300000b06d00000123400");
}

inline CertificateFacts certificate(std::vector<CertificateProblem> problems = {}) {
  CertificateFacts facts;
  facts.subject = "CN=ts09";
  facts.problems = std::move(problems);
  return facts;
}

inline TlsEstablished established(TlsVersion version = TlsVersion::tls13, bool needs_legacy = false) {
  return {{version, "TLS_AES_256_GCM_SHA384", "x25519",
           needs_legacy ? TlsProfile::legacy : TlsProfile::modern, needs_legacy, std::nullopt},
          certificate()};
}

inline IoFailed io_failed(FailureReason reason) {
  IoFailed failed;
  failed.reason = reason;
  failed.error = reason == FailureReason::connection_reset ? 104 : 0;
  if (reason == FailureReason::local_resources) failed.error = 24;
  if (category(reason) == Category::local) failed.detail = "EMFILE: Too many open files";
  return failed;
}

inline std::vector<Event> operator+(std::vector<Event> first, const std::vector<Event>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// The beginnings of a probe of a literal: up to the moment in which the named thing is awaited.
inline std::vector<Event> until_connect() {
  return {Start{}, Admitted{}};
}
inline std::vector<Event> until_confirm() {
  return until_connect() + std::vector<Event>{Connected{}, Sent{}};
}
inline std::vector<Event> until_tls() {
  return until_confirm() + std::vector<Event>{confirm_selected(2)};
}
/// One more connection after an answer that asks for it.
inline std::vector<Event> again_until_confirm() {
  return {Admitted{}, Connected{}, Sent{}};
}

struct Outcome {
  std::vector<Action> actions;
  ProbeResult result;
  bool finished = false;
};

inline Outcome run(ProbePlan plan, const std::vector<Event>& events, Duration step = 1ms) {
  HandshakeMachine machine(std::move(plan));
  Outcome outcome;
  TimePoint now{};
  for (const Event& event : events) {
    now += step;
    EXPECT_FALSE(outcome.finished) << "the script goes on after Finish";
    outcome.actions.push_back(machine.resume(event, now));
    outcome.finished = std::holds_alternative<Finish>(outcome.actions.back().what);
  }
  if (outcome.finished) machine.connection_closed({500us, 0});
  outcome.result = machine.take_result();
  return outcome;
}

/// The names of the phases that were run, in order.
inline std::vector<std::string> phases(const ProbeResult& result) {
  std::vector<std::string> names;
  for (const auto& timing : result.phases) names.emplace_back(name(timing.phase));
  return names;
}

/// Runs a script that must end in a failure and gives it as "phase reason".
inline std::string failure_of(ProbePlan plan, const std::vector<Event>& events) {
  const Outcome outcome = run(std::move(plan), events);
  EXPECT_TRUE(outcome.finished);
  if (!outcome.result.failure) return "none";
  return std::string(name(outcome.result.failure->phase)) + " " +
         std::string(name(outcome.result.failure->reason));
}

}  // namespace rdpwatch::handshake::test
