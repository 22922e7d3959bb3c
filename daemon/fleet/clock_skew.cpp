#include "daemon/fleet/clock_skew.hpp"

#include <algorithm>

#include "probes/handshake/host_identity.hpp"

namespace rdpwatch::fleet {
namespace {

using handshake::Seconds;

bool is_plausible(Seconds hint) {
  return hint >= -kFarthestHint && hint <= kFarthestHint;
}

bool agree(const std::optional<Seconds>& before, const std::optional<Seconds>& now) {
  if (!before || !now || !is_plausible(*before) || !is_plausible(*now)) return false;
  const Seconds apart = *now - *before;
  return apart >= -kHintsAgree && apart <= kHintsAgree;
}

}  // namespace

HostClock after_attempt(const HostClock& before, const handshake::ProbeResult& attempt) {
  HostClock clock;
  clock.hint = attempt.hello_clock_skew;
  if (attempt.host && attempt.host->clock_skew) {
    clock.skew = attempt.host->clock_skew;
  } else if (agree(before.hint, clock.hint)) {
    clock.skew = clock.hint;
  }
  return clock;
}

bool adds_clock_finding(const HostClock& clock, const handshake::ProbeResult& last) {
  if (!clock.skew || !handshake::is_clock_skewed(*clock.skew)) return false;
  return std::ranges::find(last.findings, handshake::kClockSkewFinding) == last.findings.end();
}

}  // namespace rdpwatch::fleet
