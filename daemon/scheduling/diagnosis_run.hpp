#pragma once
// Runs the experiments of one diagnosis one after another, within the limits that hold for probes.

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "daemon/scheduling/audit_run.hpp"
#include "probes/diagnosis/diagnostician.hpp"

namespace rdpwatch::scheduling {

/// Called before each experiment, and after it with the diagnosis as it stands then: the last of its
/// experiments is the one that ended.
struct DiagnosisProgress {
  std::function<void(const diagnosis::Experiment&)> begins;
  std::function<void(const diagnosis::Diagnosis& so_far)> ended;
};

/// The pace in the daemon: what the schedule leaves of the connections a minute that an address:port may
/// have. A failing target is probed once an interval, by both TLS profiles.
AuditPace diagnosis_pace(int max_connections_per_minute, std::chrono::milliseconds interval);

/// Everything runs on the awaiting coroutine's executor. When cancelled (terminal) it throws
/// operation_aborted.
boost::asio::awaitable<diagnosis::Diagnosis> run_diagnosis(diagnosis::Diagnostician diagnostician,
                                                           ProbeFunction probe, AuditPace pace,
                                                           DiagnosisProgress progress);

}  // namespace rdpwatch::scheduling
