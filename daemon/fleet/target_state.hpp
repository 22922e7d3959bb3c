#pragma once
// What is known of one endpoint: a target, or one address of a target with expand_addresses. Written by the
// result_store alone.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/inventory/inventory.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::fleet {

using WallTime = std::chrono::system_clock::time_point;

enum class TargetStatus : std::uint8_t { up, down, flapping, unknown, maintenance };
std::string_view name(TargetStatus status);

/// Identity of an endpoint: the target's name, and the address where the target is expanded ("" otherwise).
struct EndpointKey {
  std::string target;
  std::string address;
  auto operator<=>(const EndpointKey&) const = default;
};

/// A run of the scheduler: one attempt, or the first and its confirmations. The verdict is the last attempt's.
struct RunRecord {
  std::vector<handshake::ProbeResult> attempts;  ///< at least one; none abandoned or local_fault
  WallTime finished;
  std::chrono::milliseconds interval{};  ///< to the next run, back-off included
};

struct TargetState {
  EndpointKey key;
  inventory::TargetPtr target;

  TargetStatus status = TargetStatus::unknown;
  WallTime status_since;
  std::uint64_t probes_total = 0;
  std::uint64_t probe_failures_total = 0;
  std::uint64_t attempts_total = 0;
  std::uint64_t attempt_failures_total = 0;
  std::uint64_t consecutive_failures = 0;
  std::optional<WallTime> last_run;
  std::optional<WallTime> last_success;
  std::chrono::milliseconds interval{};

  std::shared_ptr<const handshake::ProbeResult> last_result;  ///< of the last run's last attempt; null before the first
  std::shared_ptr<const handshake::CertificateFacts> certificate;  ///< last seen, also while the host is down
  std::optional<WallTime> certificate_last_seen;
  std::uint64_t certificate_changes = 0;
  std::vector<std::string> recent_fingerprints;  ///< last 8 distinct ones, newest last
};

}  // namespace rdpwatch::fleet
