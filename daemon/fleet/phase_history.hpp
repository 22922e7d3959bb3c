#pragma once
// PhaseHistory: how long the phases of an endpoint's last successful runs took. One slow run is a lost
// packet; an endpoint is slow when each of its last runs was. Small, because every endpoint of a large fleet
// has one. Not thread-safe: the result store keeps it in the state.

#include <array>
#include <boost/describe/class.hpp>
#include <cstdint>
#include <optional>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::fleet {

/// The phases that group series and comparisons have: those that a probe of today can reach, in order.
inline constexpr std::array kGroupPhases{
    handshake::Phase::resolve, handshake::Phase::connect, handshake::Phase::negotiate, handshake::Phase::tls,
    handshake::Phase::nla,     handshake::Phase::mcs,     handshake::Phase::licensing};

/// Successful runs that are kept.
inline constexpr std::size_t kDurationsKept = 3;

class PhaseHistory {
 public:
  /// Takes note of a run's last attempt, which succeeded.
  void note(const handshake::ProbeResult& success);

  /// Of the last successful run; nothing when it had no such phase. `phase` is a place in kGroupPhases.
  std::optional<std::chrono::microseconds> newest(std::size_t phase) const;
  /// The shortest of the last kDurationsKept successful runs; nothing while there were fewer with this phase.
  std::optional<std::chrono::microseconds> shortest(std::size_t phase) const;

 private:
  BOOST_DESCRIBE_CLASS(PhaseHistory, (), (), (), (durations_))  // for daemon/storage
  /// In steps of kResolution, from 1, the newest first; 0 stands for none. The bounds of the phases fit.
  std::array<std::array<std::uint16_t, kDurationsKept>, kGroupPhases.size()> durations_{};
};

}  // namespace rdpwatch::fleet
