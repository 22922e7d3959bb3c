#include "daemon/fleet_observer.hpp"

#include <utility>

#include "daemon/cli/logging.hpp"
#include "probes/diagnosis/client_error.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch {
namespace {

// When descriptors run out, every probe says so: one line in this time says it for all.
constexpr auto kLocalLogInterval = std::chrono::seconds(10);

std::int64_t seconds_since(fleet::WallTime then) {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now() - then).count();
}

/// The address that was tried, or of the endpoint when its probe did not come so far.
const std::string& address_of(const handshake::ProbeResult& result, const fleet::StatusChange& change) {
  return result.address.empty() ? change.key.address : result.address;
}

void log_up(const inventory::Target& target, const handshake::ProbeResult& last_attempt,
            const fleet::StatusChange& change) {
  // At start every healthy target turns up for the first time: nothing changed but what we know.
  const auto line = change.from == fleet::TargetStatus::unknown ? &log::debug : &log::info;
  line("target is up",
       {{"target", target.name},
        {"address", address_of(last_attempt, change)},
        {"group", target.group},
        {"was", fleet::name(change.from)},
        {"for_seconds", seconds_since(change.previous_since)}},
       std::source_location::current());
}

/// The run that makes it flapping may have ended either way.
void log_flapping(const inventory::Target& target, const handshake::ProbeResult& last_attempt,
                  const fleet::StatusChange& change) {
  const auto& failure = last_attempt.failure;
  log::warn("target is flapping", {{"target", target.name},
                                   {"address", address_of(last_attempt, change)},
                                   {"group", target.group},
                                   {"was", fleet::name(change.from)},
                                   {"for_seconds", seconds_since(change.previous_since)},
                                   {"last_run", failure ? "failure" : "success"},
                                   {"phase", failure ? handshake::name(failure->phase) : ""},
                                   {"reason", failure ? handshake::name(failure->reason) : ""}});
}

/// "private_key_unreadable (likely)", the first of them; empty when there is none.
std::string first_cause(const diagnosis::Diagnosis* diagnosis) {
  if (diagnosis == nullptr || diagnosis->causes.empty()) return "";
  const auto& first = diagnosis->causes.front();
  return std::string(first.id) + " (" + std::string(name(first.likelihood)) + ")";
}

/// Nobody is to be woken for it.
void log_in_maintenance(const inventory::Target& target, const handshake::ProbeResult& last_attempt,
                        const fleet::StatusChange& change) {
  const auto& failure = last_attempt.failure;
  log::info("target is not up during its maintenance",
            {{"target", target.name},
             {"address", address_of(last_attempt, change)},
             {"group", target.group},
             {"was", fleet::name(change.from)},
             {"phase", failure ? handshake::name(failure->phase) : ""},
             {"reason", failure ? handshake::name(failure->reason) : ""}});
}

void log_down(const inventory::Target& target, const handshake::ProbeResult& last_attempt,
              const fleet::StatusChange& change, const diagnosis::Diagnosis* diagnosis) {
  const handshake::Failure& failure = *last_attempt.failure;
  const auto client = diagnosis::client_error(failure);
  log::warn("target is down", {{"target", target.name},
                               {"address", address_of(last_attempt, change)},
                               {"group", target.group},
                               {"was", fleet::name(change.from)},
                               {"for_seconds", seconds_since(change.previous_since)},
                               {"phase", handshake::name(failure.phase)},
                               {"reason", handshake::name(failure.reason)},
                               {"detail", failure.detail},
                               {"cause", first_cause(diagnosis)},
                               {"client_error", client ? diagnosis::to_label(*client) : std::string()}});
}

}  // namespace

void FleetObserver::attempt_done(const inventory::Target& target, const handshake::ProbeResult& result) {
  if (result.verdict != handshake::Verdict::local_fault) return;
  metrics_.local_fault(*result.failure);
  log_local_fault(target, *result.failure);
}

void FleetObserver::run_done(const inventory::Target& target, const fleet::EndpointKey& /*key*/,
                             const handshake::ProbeResult& last_attempt,
                             const std::optional<fleet::StatusChange>& change,
                             const diagnosis::Diagnosis* diagnosis) {
  const auto& failure = last_attempt.failure;
  metrics_.run_done(target.recipe->module, failure ? std::optional(failure->reason) : std::nullopt);
  if (!change) return;
  switch (change->to) {
    case fleet::TargetStatus::up:
      return log_up(target, last_attempt, *change);
    case fleet::TargetStatus::down:
      return log_down(target, last_attempt, *change, diagnosis);
    case fleet::TargetStatus::flapping:
      return log_flapping(target, last_attempt, *change);
    case fleet::TargetStatus::maintenance:
      return log_in_maintenance(target, last_attempt, *change);
    case fleet::TargetStatus::unknown:
      return;  // no run ends in it
  }
}

void FleetObserver::audit_done(const inventory::Target& target, const fleet::EndpointKey& key,
                               const handshake::AuditResult& result) {
  metrics_.audit_done(result.verdict);
  if (result.verdict == handshake::Verdict::local_fault) {
    metrics_.local_fault(*result.failure);
    log_local_fault(target, *result.failure);
    return;
  }
  const bool succeeded = result.verdict == handshake::Verdict::success;
  std::string findings;
  for (const auto& finding : result.findings) findings += (findings.empty() ? "" : " ") + finding;
  const auto line = succeeded ? &log::debug : &log::info;
  line(succeeded ? "audited" : "the audit of a target did not succeed",
       {{"target", target.name},
        {"address", result.address.empty() ? key.address : result.address},
        {"group", target.group},
        {"connections", static_cast<std::int64_t>(result.connections)},
        {"findings", findings},
        {"why", result.failure ? result.failure->detail : result.abandoned_why}},
       std::source_location::current());
}

void FleetObserver::diagnosis_done(const inventory::Target& target, const fleet::EndpointKey& key,
                                   const diagnosis::Diagnosis& diagnosis) {
  metrics_.diagnosis_done();
  log::info("diagnosed", {{"target", target.name},
                          {"address", key.address},
                          {"group", target.group},
                          {"failure", handshake::describe(*diagnosis.failure)},
                          {"experiments", static_cast<std::int64_t>(diagnosis.experiments.size())},
                          {"cause", first_cause(&diagnosis)}});
}

void FleetObserver::skipped(std::string_view cause) {
  metrics_.run_skipped(std::string(cause));
}

void FleetObserver::schedule_lag(double seconds) {
  metrics_.schedule_lag(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds)));
}

void FleetObserver::log_local_fault(const inventory::Target& target, const handshake::Failure& failure) {
  const auto now = std::chrono::steady_clock::now();
  std::uint64_t unlogged = 0;
  {
    const std::lock_guard lock(mutex_);
    if (last_local_log_.time_since_epoch().count() != 0 && now - last_local_log_ < kLocalLogInterval) {
      ++local_faults_unlogged_;
      return;
    }
    last_local_log_ = now;
    unlogged = std::exchange(local_faults_unlogged_, 0);
  }
  log::error("our own machine failed a probe; no target is blamed for it",
             {{"target", target.name},
              {"phase", handshake::name(failure.phase)},
              {"reason", handshake::name(failure.reason)},
              {"detail", failure.detail},
              {"more_since_last_line", unlogged}});
}

}  // namespace rdpwatch
