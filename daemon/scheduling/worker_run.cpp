// A run: the attempts on one endpoint, and what follows from them.

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <set>
#include <utility>

#include "daemon/scheduling/worker.hpp"
#include "probes/transport/address_order.hpp"

namespace rdpwatch::scheduling {
namespace asio = boost::asio;
namespace {

using handshake::ProbePlan;
using handshake::ProbeResult;
using handshake::Verdict;
using transport::kMaxAddresses;

bool refused_by_gate(const std::string& why) {
  return why == "rate_cap" || why == "overloaded" || why == "deadline";
}

double seconds(handshake::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

ProbePlan Worker::plan_for(const Endpoint& endpoint, const inventory::Target& target) const {
  ProbePlan plan = target.plan();
  if (endpoint.is_seed()) plan.depth = handshake::Depth::resolve;
  plan.pinned_address = endpoint.key.address;
  if (endpoint.tls.first_profile(handshake::Clock::now()) == handshake::TlsProfile::legacy)
    plan.first_profile = handshake::TlsProfile::legacy;
  if (const auto state = store_.find(endpoint.key)) plan.known_certificate = state->certificate;
  return plan;
}

bool Worker::same_probe(const inventory::Target& a, const inventory::Target& b) {
  return a.host == b.host && a.port == b.port && a.group == b.group && a.recipe->module == b.recipe->module &&
         a.recipe->depth == b.recipe->depth;
}

void Worker::task_ended(const std::exception_ptr& error) {
  --tasks_;
  if (stopping_ && tasks_ == 0) io_.stop();
  // A probe's faults were dealt with; this is one of the store or the observer, and hiding it would stop this
  // endpoint in silence.
  if (error) std::rethrow_exception(error);
}

void Worker::start(const EndpointPtr& endpoint, TimePoint due) {
  endpoint->running = true;
  ++runs_;
  ++tasks_;
  const auto ended = [this, endpoint](const std::exception_ptr& error) {
    --runs_;
    // What the signal holds for the run that is over is a tenth of what an idle endpoint costs.
    endpoint->cancel.slot().clear();
    task_ended(error);
  };
  asio::co_spawn(io_, run(endpoint, endpoint->target, due),
                 asio::bind_cancellation_slot(endpoint->cancel.slot(), ended));
}

asio::awaitable<void> Worker::run(EndpointPtr endpoint, inventory::TargetPtr target, TimePoint due) {
  Outcome outcome = co_await make_attempts(endpoint, target, due);
  // From here on nothing is awaited, and nothing may be cancelled.
  endpoint->running = false;
  if (stopping_ || endpoint->removed) co_return;
  conclude(endpoint, *target, due, std::move(outcome));
  arm();
}

asio::awaitable<Worker::Outcome> Worker::make_attempts(EndpointPtr endpoint, inventory::TargetPtr target,
                                                       TimePoint due) {
  Outcome outcome;
  const TimePoint started = handshake::Clock::now();
  while (true) {
    ProbePlan plan = plan_for(*endpoint, *target);
    ProbeResult result = co_await attempt(std::move(plan));
    if (stopping_ || endpoint->removed) co_return outcome;
    const Verdict verdict = result.verdict;
    if (outcome.attempts.empty() && verdict != Verdict::abandoned)
      observer_.schedule_lag(seconds(started - due + result.gate_wait));
    if (!take_result(*endpoint, *target, std::move(result), outcome)) co_return outcome;
    if (!wants_confirmation(policy_, endpoint->history, outcome.attempts.size(), verdict)) co_return outcome;
    asio::steady_timer delay(io_, policy_.confirm_delay);
    boost::system::error_code ignored;
    co_await delay.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (stopping_ || endpoint->removed) co_return outcome;
  }
}

asio::awaitable<ProbeResult> Worker::attempt(ProbePlan plan) {
  ProbeResult fault;
  fault.target = plan.target;
  fault.group = plan.group;
  fault.module = plan.module;
  fault.started = std::chrono::system_clock::now();
  fault.verdict = Verdict::local_fault;
  const TimePoint started = handshake::Clock::now();
  try {
    asio::awaitable<ProbeResult> probing = probe_(std::move(plan));
    ProbeResult result = co_await std::move(probing);
    excuse_if_late(result, started);
    co_return result;
  } catch (const std::exception& error) {
    fault.failure = handshake::Failure{handshake::Phase::resolve, handshake::FailureReason::internal_error,
                                       error.what(), std::nullopt};
  }
  co_return fault;
}

void Worker::excuse_if_late(ProbeResult& result, TimePoint started) const {
  if (too_late_at_ < started || !result.failure ||
      result.failure->reason != handshake::FailureReason::timeout)
    return;
  result.verdict = Verdict::local_fault;
  result.failure->reason = handshake::FailureReason::local_resources;
  result.failure->number = EBUSY;
  result.failure->detail = "this machine was too busy to watch the answer's time: " + result.failure->detail;
}

// False when the run ends here, whatever confirmation would say.
bool Worker::take_result(Endpoint& endpoint, const inventory::Target& target, ProbeResult result,
                         Outcome& outcome) {
  if (!result.addresses.empty()) outcome.found = {result.addresses, result.addresses_complete};
  switch (result.verdict) {
    case Verdict::abandoned:
      outcome.address_gone = result.abandoned_why == "address_gone";
      // Politeness wins over confirmation: then what was seen so far is the outcome.
      if (outcome.attempts.empty() && refused_by_gate(result.abandoned_why))
        observer_.skipped(result.abandoned_why);
      return false;
    case Verdict::local_fault:
      // Our machine can't confirm now, so the run has no verdict.
      observer_.attempt_done(target, result);
      outcome.attempts.clear();
      return false;
    case Verdict::success:
    case Verdict::failure:
      break;
  }
  const bool found_addresses = endpoint.is_seed() && result.verdict == Verdict::success;
  if (found_addresses) return false;
  endpoint.tls.note(result, handshake::Clock::now());
  observer_.attempt_done(target, result);
  outcome.attempts.push_back(std::move(result));
  return true;
}

void Worker::conclude(const EndpointPtr& endpoint, const inventory::Target& ran, TimePoint due,
                      Outcome outcome) {
  const inventory::TargetPtr target = endpoint->target;
  const LookUp found = std::move(outcome.found);
  if (outcome.address_gone) {
    remove_endpoint(endpoint);
  } else if (!outcome.attempts.empty() && same_probe(ran, *target)) {
    record(endpoint, due, std::move(outcome));
  }
  if (!expands(*target)) return;
  if (!found.addresses.empty()) reconcile(target, found, endpoint->key.address.empty());
  if (table_.of_target(target->name).empty()) add_target(target);
}

void Worker::record(const EndpointPtr& endpoint, TimePoint due, Outcome outcome) {
  const ProbeResult last = outcome.attempts.back();
  const auto interval = endpoint->target->interval;
  endpoint->history.note(last);
  const auto diagnosis = diagnose(endpoint, outcome);
  const auto effective = effective_interval(policy_, endpoint->history, interval);
  const auto before = store_.find(endpoint->key);
  const auto change = store_.record(
      endpoint->key, {std::move(outcome.attempts), std::chrono::system_clock::now(), effective, diagnosis});
  const auto after = store_.find(endpoint->key);
  // Only this worker records runs of this endpoint, so what differs came with this run.
  if (before && after && before->certificate && after->certificate_changes > before->certificate_changes)
    observer_.certificate_changed(*endpoint->target, *before, *after);
  observer_.run_done(*endpoint->target, endpoint->key, last, change, diagnosis.get());
  table_.reschedule(endpoint,
                    next_due(anchor_, interval, endpoint->hash, due, effective, handshake::Clock::now()));
  if (last.verdict == Verdict::success) audit_if_due(endpoint);
}

// A set of addresses that comes and goes with each answer costs series and history, so the order of an answer
// and what exceeds the bound must not decide: the addresses are taken sorted. `at_once` is for the target's
// own look-up; an address that another address's run brought waits for its phase, or a name server that gives
// another address each time would be asked again as fast as it answers. A look-up that is not complete says
// what there is, never what is gone.
void Worker::reconcile(const inventory::TargetPtr& target, const LookUp& found, bool at_once) {
  std::set<std::string> wanted(found.addresses.begin(), found.addresses.end());
  while (wanted.size() > kMaxAddresses) wanted.erase(std::prev(wanted.end()));
  std::size_t kept = 0;
  for (const auto& endpoint : table_.of_target(target->name)) {
    const bool may_exist = !found.complete && !endpoint->key.address.empty();
    if (may_exist || wanted.contains(endpoint->key.address)) {
      ++kept;
    } else {
      remove_endpoint(endpoint);
    }
  }
  const TimePoint now = handshake::Clock::now();
  for (const auto& address : wanted) {
    const fleet::EndpointKey key{target->name, address};
    if (table_.contains(key)) continue;
    if (kept++ >= kMaxAddresses) break;
    const TimePoint phase = first_due(anchor_, target->interval, endpoint_hash(key), now);
    add_endpoint(target, address, at_once ? now : phase);
  }
}

}  // namespace rdpwatch::scheduling
