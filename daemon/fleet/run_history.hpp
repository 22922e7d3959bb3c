#pragma once
// RunHistory: when an endpoint's last runs ended, how, and how long their last attempts took: what a person
// who opens its page wants to see at a glance. Eight bytes a run, because every endpoint of a large fleet has
// one. Not thread-safe: the result store keeps it in the state.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::fleet {

/// Runs that are kept.
inline constexpr std::size_t kRunsKept = 30;

/// Where and why a run failed.
struct RunFailure {
  handshake::Phase phase;
  handshake::FailureReason reason;
};

/// One recorded run, by its last attempt.
struct Run {
  std::chrono::system_clock::time_point finished;  ///< to the second, rounded down
  std::chrono::milliseconds duration;              ///< rounded down; at most 65,535 ms, which stands for more
  std::optional<RunFailure> failure;               ///< nothing for a success
};

class RunHistory {
 public:
  /// Takes note of a recorded run; `last_attempt` has the verdict success or failure. Times before 1970 and
  /// from 2106 on are kept as the nearest that fits.
  void note(const handshake::ProbeResult& last_attempt, std::chrono::system_clock::time_point finished);

  /// Takes a run as operator[] gave it, for one that is restored; the oldest first.
  void add(const Run& run);

  std::size_t size() const { return size_; }
  /// 0 is the newest; `place` is below size().
  Run operator[](std::size_t place) const;

 private:
  struct Entry {
    std::uint32_t finished;  ///< seconds since 1970
    std::uint16_t duration_ms;
    std::uint8_t reason;  ///< 0 for a success, else one more than the FailureReason
    std::uint8_t phase;   ///< of the failure
  };
  static_assert(sizeof(Entry) == 8);

  std::array<Entry, kRunsKept> entries_{};  ///< the newest first
  std::uint8_t size_ = 0;
};

}  // namespace rdpwatch::fleet
