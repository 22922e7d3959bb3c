#include "daemon/fleet/run_history.hpp"

#include <algorithm>
#include <limits>

namespace rdpwatch::fleet {
namespace {

template <class Small>
Small saturated(std::int64_t value) {
  return static_cast<Small>(std::clamp<std::int64_t>(value, 0, std::numeric_limits<Small>::max()));
}

}  // namespace

void RunHistory::note(const handshake::ProbeResult& last_attempt,
                      std::chrono::system_clock::time_point finished) {
  Run run{finished, std::chrono::floor<std::chrono::milliseconds>(last_attempt.duration), std::nullopt};
  if (last_attempt.failure)
    run.failure = RunFailure{last_attempt.failure->phase, last_attempt.failure->reason};
  add(run);
}

void RunHistory::add(const Run& run) {
  std::shift_right(entries_.begin(), entries_.end(), 1);
  Entry& newest = entries_.front();
  newest = {};
  newest.finished = saturated<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(run.finished.time_since_epoch()).count());
  newest.duration_ms = saturated<std::uint16_t>(run.duration.count());
  if (run.failure) {
    newest.reason = static_cast<std::uint8_t>(static_cast<unsigned>(run.failure->reason) + 1U);
    newest.phase = static_cast<std::uint8_t>(run.failure->phase);
  }
  size_ = static_cast<std::uint8_t>(std::min<std::size_t>(size_ + 1U, kRunsKept));
}

Run RunHistory::operator[](std::size_t place) const {
  const Entry& entry = entries_[place];
  Run run{std::chrono::system_clock::time_point(std::chrono::seconds(entry.finished)),
          std::chrono::milliseconds(entry.duration_ms), std::nullopt};
  if (entry.reason != 0) {
    run.failure = RunFailure{static_cast<handshake::Phase>(entry.phase),
                             static_cast<handshake::FailureReason>(entry.reason - 1U)};
  }
  return run;
}

}  // namespace rdpwatch::fleet
