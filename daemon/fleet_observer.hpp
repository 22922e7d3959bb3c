#pragma once
// FleetObserver: carries what the scheduler reports into the daemon's own metrics, its log and its journal of
// events. One line when a target changes its state, none for a healthy probe. Thread-safe.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "daemon/event_log.hpp"
#include "daemon/metrics/self_metrics.hpp"
#include "daemon/scheduling/scheduler_observer.hpp"

namespace rdpwatch {

class FleetObserver : public scheduling::SchedulerObserver {
 public:
  /// Both must outlive this.
  FleetObserver(metrics::SelfMetrics& metrics, EventLog& events) : metrics_(metrics), events_(events) {}

  void attempt_done(const inventory::Target& target, const handshake::ProbeResult& result) override;
  void run_done(const inventory::Target& target, const fleet::EndpointKey& key,
                const handshake::ProbeResult& last_attempt, const std::optional<fleet::StatusChange>& change,
                const diagnosis::Diagnosis* diagnosis) override;
  void certificate_changed(const inventory::Target& target, const fleet::TargetState& before,
                           const fleet::TargetState& after) override;
  void audit_done(const inventory::Target& target, const fleet::EndpointKey& key,
                  const handshake::AuditResult& result) override;
  void diagnosis_done(const inventory::Target& target, const fleet::EndpointKey& key,
                      const diagnosis::Diagnosis& diagnosis) override;
  void skipped(std::string_view cause) override;
  void schedule_lag(double seconds) override;

 private:
  void say_up(const inventory::Target& target, const handshake::ProbeResult& last_attempt,
              const fleet::StatusChange& change);
  void say_down(const inventory::Target& target, const handshake::ProbeResult& last_attempt,
                const fleet::StatusChange& change, const diagnosis::Diagnosis* diagnosis);
  void say_flapping(const inventory::Target& target, const handshake::ProbeResult& last_attempt,
                    const fleet::StatusChange& change);
  void log_local_fault(const inventory::Target& target, const handshake::Failure& failure);

  metrics::SelfMetrics& metrics_;
  EventLog& events_;
  std::mutex mutex_;  ///< of what follows
  std::chrono::steady_clock::time_point last_local_log_{};
  std::uint64_t local_faults_unlogged_ = 0;
};

}  // namespace rdpwatch
