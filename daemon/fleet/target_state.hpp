#pragma once
// What is known of one endpoint: a target, or one address of a target with expand_addresses. Written by the
// result_store alone.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/fleet/clock_skew.hpp"
#include "daemon/fleet/fingerprint.hpp"
#include "daemon/fleet/maintenance.hpp"
#include "daemon/fleet/phase_history.hpp"
#include "daemon/fleet/run_history.hpp"
#include "daemon/fleet/verdict_history.hpp"
#include "daemon/inventory/inventory.hpp"
#include "probes/diagnosis/diagnostician.hpp"
#include "probes/handshake/audit.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::fleet {

using WallTime = std::chrono::system_clock::time_point;

/// `flapping` takes the place of up and down while the verdict changes too often (verdict_history.hpp);
/// `maintenance` that of down and flapping while a maintenance covers the endpoint.
enum class TargetStatus : std::uint8_t { up, down, flapping, unknown, maintenance };
inline constexpr std::array kTargetStatuses{TargetStatus::up, TargetStatus::down, TargetStatus::flapping,
                                            TargetStatus::unknown, TargetStatus::maintenance};
std::string_view name(TargetStatus status);

/// Identity of an endpoint: the target's name, and the address where the target is expanded ("" otherwise).
struct EndpointKey {
  std::string target;
  std::string address;
  auto operator<=>(const EndpointKey&) const = default;
};

/// A run of the scheduler: one attempt, or the first and its confirmations. The verdict is the last
/// attempt's.
struct RunRecord {
  std::vector<handshake::ProbeResult> attempts;  ///< at least one; none abandoned or local_fault
  WallTime finished;
  std::chrono::milliseconds interval{};                             ///< to the next run, back-off included
  std::shared_ptr<const diagnosis::Diagnosis> diagnosis = nullptr;  ///< of a failed run; null otherwise
};

/// A certificate that an endpoint showed, in its history.
struct SeenCertificate {
  Fingerprint sha256;
  WallTime first_seen;
  WallTime last_seen;
  WallTime not_after;
};
/// Certificates that rotate among this many (a cluster behind one name) are no change.
inline constexpr std::size_t kCertificatesKept = 8;

/// A certificate that no usual renewal explains (certificate_change.hpp).
struct UnexpectedChange {
  WallTime when;
  std::string why;  ///< free text for people: logs, CLI and API, never a label
};

/// Immutable once the store has handed it out: a run makes a new one, so a reader's stays as it was. What
/// every scrape reads of every endpoint stands together at the start.
struct TargetState {
  std::uint64_t revision = 0;  ///< grows with each change that is worth keeping; 0: restored, or none yet
  std::string series_labels;   ///< labels of every series, escaped, without braces
  /// Of the last run's last attempt; null before the first.
  std::shared_ptr<const handshake::ProbeResult> last_result;
  std::shared_ptr<const handshake::CertificateFacts> certificate;  ///< last seen, also while the host is down
  std::shared_ptr<const handshake::HostFacts> host;                ///< last seen, also while the host is down
  HostClock clock;                                                 ///< of the last recorded attempt
  std::shared_ptr<const handshake::AuditResult> audit;  ///< the newest that succeeded; null before it
  /// Of the last run, when it failed; null otherwise.
  std::shared_ptr<const diagnosis::Diagnosis> diagnosis;

  MaintenancePtr maintenance;  ///< that covers it now, whatever its status; null: none
  TargetStatus status = TargetStatus::unknown;
  VerdictHistory verdicts;
  WallTime status_since;
  WallTime first_seen;  ///< when the inventory first had it
  /// When the name was first said not to exist; empty since anything but its resolution was the outcome.
  std::optional<WallTime> name_missing_since;
  WallTime failing_since;  ///< when the first of consecutive_failures was recorded; means nothing without any
  std::chrono::milliseconds interval{};  ///< to the next run, back-off included
  // 32 bits are enough for a run a second in 136 years.
  std::uint32_t probes_total = 0;
  std::uint32_t probe_failures_total = 0;
  std::uint32_t attempts_total = 0;
  std::uint32_t attempt_failures_total = 0;
  std::uint32_t consecutive_failures = 0;
  std::uint32_t certificate_changes = 0;
  std::optional<WallTime> last_run;
  std::optional<WallTime> last_success;

  std::shared_ptr<const UnexpectedChange> unexpected_change;  ///< the last one; null when there was none

  inventory::TargetPtr target;
  EndpointKey key;
  PhaseHistory durations;
  RunHistory runs;
  std::string last_address;                   ///< "ip:port" of the last connection; empty before the first
  std::string last_good_address;              ///< the same, of the last run that succeeded
  std::vector<SeenCertificate> certificates;  ///< last kCertificatesKept distinct ones, newest last

  /// Empty before the first certificate.
  std::optional<WallTime> certificate_last_seen() const {
    return certificates.empty() ? std::nullopt : std::optional(certificates.back().last_seen);
  }
};
// One more would take 896 bytes of the allocator, with the 16 of its counts, in the place of 768.
static_assert(sizeof(void*) != 8 || sizeof(TargetState) <= 752);

using StatePtr = std::shared_ptr<const TargetState>;

}  // namespace rdpwatch::fleet
