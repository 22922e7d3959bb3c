#pragma once
// Made-up states of a fleet for the tests of what is judged by more than one of them.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/fleet/fleet_judgement.hpp"
#include "tests/unit/fleet/results.hpp"

namespace rdpwatch::fleet::test {

using std::chrono::milliseconds;

/// When the healthy ones were last seen up.
inline constexpr std::int64_t kLastRun = 1000000;

/// A member that is up, with its last run at kLastRun.
inline TargetState up(const std::string& name, const std::string& group = "a") {
  TargetState state;
  state.key = {name, ""};
  state.target = target(name, group);
  state.status = TargetStatus::up;
  state.status_since = at(1000);
  state.last_run = at(kLastRun);
  state.last_success = at(kLastRun);
  return state;
}

/// For numbered(): up() without its other arguments.
inline TargetState plain(const std::string& name) {
  return up(name);
}

/// A member that has been failing since `since`, with runs a minute apart.
inline TargetState down(const std::string& name, std::int64_t since, const std::string& group = "a") {
  TargetState state = up(name, group);
  state.status = TargetStatus::down;
  state.status_since = at(since);
  state.failing_since = at(since);
  state.consecutive_failures = 1;
  state.last_success = at(since - 60);
  return state;
}

inline TargetState never_up(const std::string& name, std::int64_t since, const std::string& group = "a") {
  TargetState state = down(name, since, group);
  state.last_success.reset();
  return state;
}

inline TargetState unknown(const std::string& name, const std::string& group = "a") {
  TargetState state;
  state.key = {name, ""};
  state.target = target(name, group);
  return state;
}

inline TargetState with_label(TargetState state, const std::string& name, const std::string& value) {
  inventory::Target target(*state.target);
  config::Labels labels = target.labels;
  labels[name] = value;
  target.labels = std::move(labels);
  state.target = std::make_shared<const inventory::Target>(std::move(target));
  return state;
}

inline TargetState at_address(TargetState state, const std::string& address) {
  state.last_address = address;
  return state;
}

inline TargetState with_certificate(TargetState state, const std::string& issuer, int days) {
  handshake::CertificateFacts facts;
  facts.self_signed = issuer.empty();
  facts.issuer_cn = issuer;
  facts.not_before = at(0);
  facts.not_after = at(0) + std::chrono::days(days);
  state.certificate = std::make_shared<const handshake::CertificateFacts>(std::move(facts));
  return state;
}

/// Three successful runs whose TLS took this long.
inline TargetState with_tls(TargetState state, std::vector<milliseconds> runs) {
  for (const auto run : runs) {
    auto result = success();
    result.phases = {{handshake::Phase::tls, run}};
    state.durations.note(result);
  }
  return state;
}

inline std::vector<StatePtr> fleet_of(std::vector<TargetState> states) {
  std::vector<StatePtr> fleet;
  for (auto& state : states) fleet.push_back(std::make_shared<const TargetState>(std::move(state)));
  return fleet;
}

/// "ts01", "ts02" ... made by `make`.
template <class Make>
std::vector<TargetState> numbered(int first, int last, Make make) {
  std::vector<TargetState> states;
  for (int i = first; i <= last; ++i) states.push_back(make((i < 10 ? "ts0" : "ts") + std::to_string(i)));
  return states;
}

inline std::vector<TargetState> operator+(std::vector<TargetState> first, std::vector<TargetState> second) {
  for (auto& state : second) first.push_back(std::move(state));
  return first;
}

/// "failure: why", one an outlier of the endpoint.
inline std::vector<std::string> outliers(const FleetJudgement& judgement, const std::string& target) {
  std::vector<std::string> found;
  for (const auto& outlier : judgement.outliers_of({target, ""}))
    found.push_back(std::string(name(outlier.dimension)) + ": " + outlier.why);
  return found;
}

inline FleetJudgement judge(std::vector<TargetState> states) {
  return {fleet_of(std::move(states)), at(kLastRun + 10)};
}

}  // namespace rdpwatch::fleet::test
