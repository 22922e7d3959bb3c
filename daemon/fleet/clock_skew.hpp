#pragma once
// What an endpoint's attempts say of its clock. NTLM's timestamp is certain. The time in a ServerHello is a
// hint: some servers put random digits there, so it counts only when two attempts in a row agree.
// Thread-safe: pure functions.

#include <optional>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::fleet {

/// All in seconds, host minus prober, and of the last recorded attempt.
struct HostClock {
  std::optional<handshake::Seconds>
      hint;  ///< the time in its ServerHello; what the next attempt's is held against
  std::optional<handshake::Seconds> skew;  ///< NTLM's timestamp, else a hint that agrees with the one before
};

/// Two hints of one clock are as far apart as its resolution (a second) and a slow network make them.
inline constexpr handshake::Seconds kHintsAgree = std::chrono::seconds(2);
/// No clock that is worth a hint is more than ten years off; random digits mostly are.
inline constexpr handshake::Seconds kFarthestHint = std::chrono::hours(24) * 3652;

/// The clock after one more recorded attempt. One without a hint ends the row of those that can agree.
HostClock after_attempt(const HostClock& before, const handshake::ProbeResult& attempt);

/// Whether the finding `clock_skew` holds that `last`, the attempt that `clock` is of, has not among its own:
/// hints of two attempts are beyond what one probe can judge.
bool adds_clock_finding(const HostClock& clock, const handshake::ProbeResult& last);

}  // namespace rdpwatch::fleet
