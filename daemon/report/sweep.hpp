#pragma once
// The results of a sweep over the inventory, put in order and counted: worst first.

#include <array>
#include <cstddef>
#include <set>
#include <string_view>
#include <vector>

#include "daemon/report/time_text.hpp"
#include "daemon/report/verdict.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

struct Sweep {
  WallTime started;
  handshake::Duration duration{};
  std::size_t planned = 0;  ///< endpoints that were to be probed; more than results after an interruption
  bool interrupted = false;
  Thresholds thresholds;
  std::vector<handshake::ProbeResult> results;
};

inline constexpr std::array kStates{State::failed, State::critical, State::unknown, State::warning,
                                    State::ok};

/// Failures with the same phase and reason, most frequent first; within it by target.
struct FailureGroup {
  handshake::Phase phase;
  handshake::FailureReason reason;
  std::vector<const handshake::ProbeResult*> results;
};

/// Points into the Sweep it was made of, which must outlive it unchanged.
struct SweepSummary {
  std::array<std::size_t, kStates.size()> by_state{};  ///< in the order of kStates
  std::vector<FailureGroup> failures;
  std::vector<const handshake::ProbeResult*> unknown;  ///< our own faults and probes that were cut off
  std::vector<const handshake::ProbeResult*>
      certificates;  ///< critical and warning, the soonest to expire first
  std::vector<const handshake::ProbeResult*>
      slowest;  ///< at most five of those that succeeded, slowest first
  std::vector<const handshake::ProbeResult*> worst_first;  ///< all
  std::set<std::string_view> repeated;  ///< targets with several endpoints, told apart by their addresses

  std::size_t count(State state) const;
};
SweepSummary summarize(const Sweep& sweep);

/// 2 with any failed or critical, else 3 with any unknown or an interruption, else 1 with any warning, else
/// 0.
int exit_code(const Sweep& sweep, const SweepSummary& summary);

}  // namespace rdpwatch::report
