#include "probes/diagnosis/experiment_table.hpp"

#include <algorithm>
#include <vector>

namespace rdpwatch::diagnosis {

using handshake::Category;
using handshake::Failure;
using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;
using handshake::Verdict;

namespace {

using Kind = ExperimentKind;
using Kinds = std::vector<Kind>;

/// How often a target that fails now and then is asked again.
constexpr std::size_t kRepeatsWhenUnsteady = 3;

Kinds when_not_connected(const Failure& failure) {
  // A refusal comes from the host or before its door; silence needs a look at its neighbours first.
  if (failure.reason == FailureReason::connection_refused) {
    return {Kind::repeat, Kind::other_address, Kind::known_name, Kind::sibling};
  }
  return {Kind::sibling, Kind::other_address, Kind::known_name, Kind::repeat};
}

Kinds when_not_negotiated(const Failure& failure) {
  const FailureReason reason = failure.reason;
  if (reason == FailureReason::connection_reset || reason == FailureReason::connection_closed) {
    return {Kind::without_cookie, Kind::ask_tls,        Kind::silence,
            Kind::direct_tls,     Kind::ask_nla_or_tls, Kind::sibling};
  }
  if (reason == FailureReason::timeout) {
    return {Kind::without_cookie, Kind::ask_tls, Kind::direct_tls,
            Kind::repeat,         Kind::sibling, Kind::patient};
  }
  if (handshake::category(reason) == Category::negotiation) {
    return {Kind::ask_rdp, Kind::repeat, Kind::sibling};
  }
  return {Kind::repeat, Kind::direct_tls, Kind::sibling};
}

bool was_cut_at_once(const Failure& failure) {
  return failure.moment && failure.moment->bytes_received == 0 &&
         (failure.reason == FailureReason::connection_reset ||
          failure.reason == FailureReason::connection_closed);
}

Kinds when_tls_failed(const Failure& failure) {
  if (was_cut_at_once(failure)) {
    return {Kind::repeat,  Kind::only_tls12, Kind::without_sni,
            Kind::garbage, Kind::direct_tls, Kind::sibling};
  }
  if (failure.reason == FailureReason::timeout) {
    return {Kind::small_segments, Kind::garbage, Kind::only_tls12,
            Kind::without_sni,    Kind::sibling, Kind::patient};
  }
  return {Kind::repeat, Kind::only_tls12, Kind::legacy_tls, Kind::without_sni, Kind::sibling};
}

Kinds table(const Failure& failure) {
  // What the host's own words or our policy say needs no experiment.
  const Category category = handshake::category(failure.reason);
  if (category == Category::policy || category == Category::certificate) return {};
  switch (failure.phase) {
    case Phase::resolve:
      return {Kind::known_address, Kind::repeat, Kind::sibling};
    case Phase::connect:
      return when_not_connected(failure);
    case Phase::negotiate:
      return when_not_negotiated(failure);
    case Phase::tls:
      return when_tls_failed(failure);
    case Phase::nla:
      if (failure.reason == FailureReason::timeout)
        return {Kind::small_segments, Kind::repeat, Kind::sibling};
      return {Kind::repeat, Kind::sibling};
    case Phase::login:
    case Phase::mcs:
    case Phase::licensing:
      return {Kind::repeat, Kind::sibling};
  }
  return {};
}

bool sends_sni(const Evidence& evidence) {
  const auto& plan = evidence.plan;
  return plan.send_sni && (!plan.server_name.empty() || !plan.host_is_literal);
}

/// Another address of the name that was not tried yet; empty when there is none.
std::string untried_address(const Evidence& evidence) {
  const ProbeResult& last = last_attempt(evidence);
  std::vector<std::string> tried{address_of(last.address)};
  for (const ProbeResult* result : results_of(evidence, Kind::other_address)) {
    tried.push_back(address_of(result->address));
  }
  // A name whose every address was tried in one connect phase has no other.
  const bool tried_all = last.failure && last.failure->phase == Phase::connect;
  if (evidence.plan.pinned_address.empty() && tried_all) return "";
  for (const std::string& address : last.addresses) {
    if (std::ranges::find(tried, address) == tried.end()) return address;
  }
  return "";
}

std::string known_name(const Evidence& evidence) {
  if (!evidence.fleet.host) return "";
  const std::string& own = evidence.fleet.host->dns_computer;
  return own == evidence.plan.host ? "" : own;
}

bool is_possible(Kind kind, const Evidence& evidence, const ExperimentLimits& limits) {
  switch (kind) {
    case Kind::repeat:
    case Kind::ask_nla_or_tls:
    case Kind::ask_tls:
    case Kind::ask_rdp:
    case Kind::legacy_tls:
    case Kind::only_tls12:
    case Kind::small_segments:
    case Kind::garbage:
    case Kind::direct_tls:
    case Kind::silence:
      return true;
    case Kind::without_cookie:
      return !evidence.plan.cookie.empty();
    case Kind::without_sni:
      return sends_sni(evidence);
    case Kind::other_address:
      return !untried_address(evidence).empty();
    case Kind::known_address:
      return !evidence.fleet.last_address.empty();
    case Kind::known_name:
      return !known_name(evidence).empty();
    case Kind::patient:
      return limits.may_be_patient;
    case Kind::sibling:
      return evidence.fleet.sibling.has_value();
  }
  return false;
}

// Where nothing failed, a client may still have met another address of the name, or a bad moment.
Experiment make(Kind kind, const Evidence& evidence) {
  const Failure* const found = failure_of(evidence);
  const Phase phase = found == nullptr ? Phase::licensing : found->phase;
  const std::string address = address_of(last_attempt(evidence).address);
  switch (kind) {
    case Kind::other_address:
      return {kind, plan_of(kind, evidence.plan, phase, untried_address(evidence))};
    case Kind::known_address:
      return {kind, plan_elsewhere(evidence.plan, evidence.fleet.last_address, true)};
    case Kind::known_name:
      return {kind, plan_elsewhere(evidence.plan, known_name(evidence), false)};
    case Kind::sibling:
      return {kind, plan_of(kind, *evidence.fleet.sibling, phase, "")};
    case Kind::repeat:
    case Kind::without_cookie:
    case Kind::ask_nla_or_tls:
    case Kind::ask_tls:
    case Kind::ask_rdp:
    case Kind::legacy_tls:
    case Kind::only_tls12:
    case Kind::without_sni:
    case Kind::small_segments:
    case Kind::garbage:
    case Kind::direct_tls:
    case Kind::silence:
    case Kind::patient:
      break;
  }
  return {kind, plan_of(kind, evidence.plan, phase, address)};
}

bool was_stopped(const Evidence& evidence) {
  return std::ranges::any_of(evidence.experiments, [](const ExperimentResult& experiment) {
    return experiment.result.verdict == Verdict::local_fault ||
           experiment.result.verdict == Verdict::abandoned;
  });
}

std::optional<Kind> choose(const Evidence& evidence, const ExperimentLimits& limits, const Failure& failure) {
  const std::size_t repeats = results_of(evidence, Kind::repeat).size();
  bool unsteady = tally(evidence, failure.phase).passed > 0;
  for (const Kind kind : kVariations) {
    switch (contrast(evidence, kind, failure.phase)) {
      case Contrast::none:
        break;
      case Contrast::hint:
        return Kind::repeat;
      case Contrast::repeated:
        return kind;
      case Contrast::proven:
        return std::nullopt;
      case Contrast::mixed:
        unsteady = true;
        break;
    }
  }
  if (unsteady) {
    if (repeats < kRepeatsWhenUnsteady) return Kind::repeat;
    return std::nullopt;
  }
  for (const Kind kind : table(failure)) {
    const bool again = kind == Kind::other_address;
    if (!again && result_of(evidence, kind) != nullptr) continue;
    if (is_possible(kind, evidence, limits)) return kind;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Experiment> next_experiment(const Evidence& evidence, const ExperimentLimits& limits) {
  const Failure* const failure = failure_of(evidence);
  const std::size_t most = std::min(limits.max_experiments, kMaxExperiments);
  if (evidence.experiments.size() >= most || was_stopped(evidence)) return std::nullopt;
  if (failure == nullptr) {
    const bool answers = last_attempt(evidence).verdict == Verdict::success;
    if (!answers || !evidence.user_fails) return std::nullopt;
    if (!untried_address(evidence).empty()) return make(Kind::other_address, evidence);
    if (results_of(evidence, Kind::repeat).size() < kRepeatsWhenUnsteady) return make(Kind::repeat, evidence);
    return std::nullopt;
  }
  const auto kind = choose(evidence, limits, *failure);
  if (!kind) return std::nullopt;
  return make(*kind, evidence);
}

}  // namespace rdpwatch::diagnosis
