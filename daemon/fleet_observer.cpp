#include "daemon/fleet_observer.hpp"

#include <algorithm>
#include <utility>

#include "config/duration.hpp"
#include "daemon/cli/logging.hpp"
#include "daemon/report/time_text.hpp"
#include "probes/diagnosis/cause_book.hpp"
#include "probes/diagnosis/client_error.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch {

using events::EventType;

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

/// "private_key_unreadable (likely)", the first of them; empty when there is none.
std::string first_cause(const diagnosis::Diagnosis* diagnosis) {
  if (diagnosis == nullptr || diagnosis->causes.empty()) return "";
  const auto& first = diagnosis->causes.front();
  return std::string(first.id) + " (" + std::string(name(first.likelihood)) + ")";
}

/// The title of the first of its causes, of which there is at least one.
std::string title_of(const diagnosis::Diagnosis& diagnosis) {
  const auto& first = diagnosis.causes.front();
  const auto* const cause = diagnosis::find_cause(first.id);
  return (cause == nullptr ? std::string(first.id) : cause->title) + " (" +
         std::string(name(first.likelihood)) + ")";
}

/// "12m30s"
std::string in_words(std::int64_t seconds) {
  return config::format_duration(std::chrono::seconds(std::max<std::int64_t>(seconds, 0)));
}

/// Of an endpoint's last connection.
const std::string& address_of(const fleet::TargetState& state) {
  return state.last_address.empty() ? state.key.address : state.last_address;
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
      return say_up(target, last_attempt, *change);
    case fleet::TargetStatus::down:
      return say_down(target, last_attempt, *change, diagnosis);
    case fleet::TargetStatus::flapping:
      return say_flapping(target, last_attempt, *change);
    case fleet::TargetStatus::maintenance:
      return log_in_maintenance(target, last_attempt, *change);
    case fleet::TargetStatus::unknown:
      return;  // no run ends in it
  }
}

void FleetObserver::certificate_changed(const inventory::Target& target, const fleet::TargetState& before,
                                        const fleet::TargetState& after) {
  const auto& seen = *after.certificate;
  const bool unexpected = after.unexpected_change != before.unexpected_change;
  const std::string why = unexpected ? after.unexpected_change->why : "";
  const std::string now = "valid to " + report::date(seen.not_after);
  events_.say(unexpected ? log::Level::warn : log::Level::info,
              unexpected ? "the certificate changed unexpectedly" : "the certificate was renewed",
              unexpected
                  ? event_of(EventType::certificate_changed, target, address_of(after),
                             "The certificate of " + target.name + " changed unexpectedly: " + why)
                  : event_of(EventType::certificate_renewed, target, address_of(after),
                             "The certificate of " + target.name + " was renewed: the new one is " + now),
              {{"why", why},
               {"sha256", seen.sha256},
               {"not_after", report::rfc3339_seconds(seen.not_after)},
               {"sha256_before", before.certificate->sha256}});
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
  const std::string cause = first_cause(&diagnosis);
  const std::string found = diagnosis.causes.empty() ? "no known cause fits" : title_of(diagnosis);
  events_.say(log::Level::info, "diagnosed",
              event_of(EventType::diagnosis, target, key.address, target.name + ": " + found),
              {{"failure", handshake::describe(*diagnosis.failure)},
               {"experiments", static_cast<std::int64_t>(diagnosis.experiments.size())},
               {"cause", cause}});
}

void FleetObserver::skipped(std::string_view cause) {
  metrics_.run_skipped(std::string(cause));
}

void FleetObserver::schedule_lag(double seconds) {
  metrics_.schedule_lag(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds)));
}

void FleetObserver::say_up(const inventory::Target& target, const handshake::ProbeResult& last_attempt,
                           const fleet::StatusChange& change) {
  const std::int64_t for_seconds = seconds_since(change.previous_since);
  const std::string& address = address_of(last_attempt, change);
  // At start every healthy target turns up for the first time: nothing changed but what we know.
  if (change.from == fleet::TargetStatus::unknown)
    return log::debug("target is up",
                      {{"target", target.name}, {"address", address}, {"group", target.group}});
  const std::string was = std::string(fleet::name(change.from)) + " for " + in_words(for_seconds);
  events_.say(log::Level::info, "target is up",
              event_of(EventType::target_up, target, address, target.name + " is up again; it was " + was),
              {{"was", fleet::name(change.from)}, {"for_seconds", for_seconds}});
}

void FleetObserver::say_down(const inventory::Target& target, const handshake::ProbeResult& last_attempt,
                             const fleet::StatusChange& change, const diagnosis::Diagnosis* diagnosis) {
  const handshake::Failure& failure = *last_attempt.failure;
  const auto client = diagnosis::client_error(failure);
  events_.say(log::Level::warn, "target is down",
              event_of(EventType::target_down, target, address_of(last_attempt, change),
                       target.name + " is down: " + handshake::describe(failure)),
              {{"was", fleet::name(change.from)},
               {"for_seconds", seconds_since(change.previous_since)},
               {"phase", handshake::name(failure.phase)},
               {"reason", handshake::name(failure.reason)},
               {"detail", failure.detail},
               {"cause", first_cause(diagnosis)},
               {"client_error", client ? diagnosis::to_label(*client) : std::string()}});
}

/// The run that makes it flapping may have ended either way.
void FleetObserver::say_flapping(const inventory::Target& target, const handshake::ProbeResult& last_attempt,
                                 const fleet::StatusChange& change) {
  const auto& failure = last_attempt.failure;
  const std::string last = failure ? handshake::describe(*failure) : "success";
  events_.say(log::Level::warn, "target is flapping",
              event_of(EventType::target_flapping, target, address_of(last_attempt, change),
                       target.name + " is flapping: it goes up and down; its last run: " + last),
              {{"was", fleet::name(change.from)},
               {"for_seconds", seconds_since(change.previous_since)},
               {"last_run", failure ? "failure" : "success"},
               {"phase", failure ? handshake::name(failure->phase) : ""},
               {"reason", failure ? handshake::name(failure->reason) : ""}});
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
