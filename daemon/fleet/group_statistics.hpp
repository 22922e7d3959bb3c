#pragma once
// Counters by group of the inventory. Not thread-safe: the result store guards them with its own lock and
// hands out copies.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "daemon/fleet/phase_history.hpp"
#include "daemon/fleet/target_state.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::fleet {

/// Upper bounds of rdp_group_phase_duration_seconds; the last is the longest that a phase may take.
inline constexpr std::array<std::chrono::microseconds, 12> kPhaseBuckets{
    std::chrono::microseconds(1000),    std::chrono::microseconds(2500),
    std::chrono::microseconds(5000),    std::chrono::microseconds(10000),
    std::chrono::microseconds(25000),   std::chrono::microseconds(50000),
    std::chrono::microseconds(100000),  std::chrono::microseconds(250000),
    std::chrono::microseconds(500000),  std::chrono::microseconds(1000000),
    std::chrono::microseconds(2500000), std::chrono::microseconds(5000000)};

/// Whether rdp_group_probe_failures_total has this pair: the tables allow it and it is the target's failure.
bool group_failure_exists(handshake::Phase phase, handshake::FailureReason reason);

struct PhaseHistogram {
  std::array<std::uint64_t, kPhaseBuckets.size() + 1>
      counts{};  ///< each bucket's own; the last is above all bounds
  handshake::Duration sum{};

  void observe(handshake::Duration duration);
};

struct GroupCounters {
  std::array<std::uint64_t, kTargetStatuses.size()> targets{};  ///< endpoints by TargetStatus
  /// Failed runs by place in kGroupPhases and by FailureReason.
  std::array<std::array<std::uint64_t, handshake::kReasons.size()>, kGroupPhases.size()> failures{};
  std::array<PhaseHistogram, kGroupPhases.size()>
      phases;  ///< of the phases that ended well, of every attempt

  std::uint64_t endpoints() const;
};

using Groups = std::map<std::string, GroupCounters>;

class GroupStatistics {
 public:
  void add_endpoint(const std::string& group, TargetStatus status);
  /// A group that loses its last endpoint is forgotten with all its counters.
  void remove_endpoint(const std::string& group, TargetStatus status);
  void change_status(const std::string& group, TargetStatus from, TargetStatus to);

  void count_failure(const std::string& group, const handshake::Failure& failure);
  void observe_phases(const std::string& group, const handshake::ProbeResult& attempt);

  const Groups& groups() const { return groups_; }

 private:
  Groups groups_;
};

}  // namespace rdpwatch::fleet
