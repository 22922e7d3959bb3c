#include "daemon/fleet/phase_history.hpp"

#include <algorithm>

namespace rdpwatch::fleet {
namespace {

/// 16 bits of it are 6.5 seconds, more than any phase may take.
constexpr std::chrono::microseconds kResolution{100};
constexpr std::int64_t kLongest = 0xFFFF;

std::uint16_t steps(handshake::Duration duration) {
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(duration / kResolution + 1, 1, kLongest));
}

std::chrono::microseconds duration(std::uint16_t steps) {
  return kResolution * (steps - 1);
}

}  // namespace

void PhaseHistory::note(const handshake::ProbeResult& success) {
  for (std::size_t i = 0; i < kGroupPhases.size(); ++i) {
    auto& kept = durations_[i];
    std::shift_right(kept.begin(), kept.end(), 1);
    const auto timing =
        std::find_if(success.phases.begin(), success.phases.end(),
                     [i](const auto& candidate) { return candidate.phase == kGroupPhases[i]; });
    kept.front() = timing == success.phases.end() ? std::uint16_t{0} : steps(timing->duration);
  }
}

std::optional<std::chrono::microseconds> PhaseHistory::newest(std::size_t phase) const {
  const auto newest = durations_[phase].front();
  return newest == 0 ? std::nullopt : std::optional(duration(newest));
}

std::optional<std::chrono::microseconds> PhaseHistory::shortest(std::size_t phase) const {
  const auto shortest = *std::min_element(durations_[phase].begin(), durations_[phase].end());
  return shortest == 0 ? std::nullopt : std::optional(duration(shortest));
}

}  // namespace rdpwatch::fleet
