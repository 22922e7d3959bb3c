#pragma once
// SchedulerObserver: what the scheduler reports besides the result store: self metrics and the log's news.

#include <optional>
#include <string_view>

#include "daemon/fleet/result_store.hpp"
#include "daemon/inventory/inventory.hpp"
#include "probes/handshake/audit.hpp"

namespace rdpwatch::scheduling {

/// Called on the workers' threads, several at once: implementations are thread-safe, quick, and never call
/// the scheduler.
class SchedulerObserver {
 public:
  virtual ~SchedulerObserver() = default;

  /// Each attempt that came to an end of its own: success, failure, or local_fault (ours: to be counted on
  /// the daemon only). Not those that were abandoned, nor the look-ups that expand a target.
  virtual void attempt_done(const inventory::Target& target, const handshake::ProbeResult& result) = 0;

  /// Each run that was recorded, with its last attempt, the change of status that it made, if any, and the
  /// diagnosis of a failed one (null otherwise), before experiments.
  virtual void run_done(const inventory::Target& target, const fleet::EndpointKey& key,
                        const handshake::ProbeResult& last_attempt,
                        const std::optional<fleet::StatusChange>& change,
                        const diagnosis::Diagnosis* diagnosis) = 0;

  /// Each run that showed a certificate which was not among the endpoint's last ones, and was not its first;
  /// before run_done(). `after` has an unexpected_change that `before` has not when no usual renewal explains
  /// it. Both have their certificate.
  virtual void certificate_changed(const inventory::Target& target, const fleet::TargetState& before,
                                   const fleet::TargetState& after) = 0;

  /// Each audit that ended, recorded or not.
  virtual void audit_done(const inventory::Target& target, const fleet::EndpointKey& key,
                          const handshake::AuditResult& result) = 0;

  /// Each diagnosis that experiments were made for, once the last has ended and it still holds.
  virtual void diagnosis_done(const inventory::Target& target, const fleet::EndpointKey& key,
                              const diagnosis::Diagnosis& diagnosis) = 0;

  /// A due run that did not take place: "still_running", or why the gate refused ("rate_cap", "overloaded",
  /// "deadline").
  virtual void skipped(std::string_view cause) = 0;

  /// How late a run's first connection was: start minus due time, and the wait at the gate.
  virtual void schedule_lag(double seconds) = 0;
};

}  // namespace rdpwatch::scheduling
