#pragma once
// When an endpoint is due and what follows from a run's outcome. Pure functions and plain state: the caller
// brings the time, nothing here reads a clock. Not thread-safe; each endpoint's state belongs to its worker.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "probes/handshake/probe_plan.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::scheduling {

using handshake::TimePoint;
using std::chrono::milliseconds;

struct PolicySettings {
  int confirm_attempts = 2;             ///< in all, of a run of an endpoint that was up; 1: no confirmation
  milliseconds confirm_delay{2000};     ///< from one attempt's end to the next attempt
  milliseconds max_backoff{900000};     ///< the longest interval after ban-like symptoms; 0: no back-off
  int max_connections_per_minute = 10;  ///< to each address:port; an audit leaves half of them alone
};

/// A new target's first run comes within this time (or its interval, if that is shorter).
inline constexpr milliseconds kFirstRunWithin{60000};

/// A worker begins its audits at least this far apart, so that those of a fleet spread, however many are due:
/// a first audit is due at once. One that finds no turn has its next chance after its target's next run.
inline constexpr milliseconds kAuditSpacing{250};

/// An audit that failed or was cut off is tried again within this time (or its interval, if that is shorter).
inline constexpr milliseconds kAuditRetry{3600000};

/// How long the need for the legacy TLS profile is remembered.
inline constexpr std::chrono::hours kTlsMemory{24};

/// FNV-1a, 64 bit, with a final mix. The same on every machine and in every process, so a target keeps its
/// phase (and its worker) over restarts.
std::uint64_t stable_hash(std::string_view text);

/// Ties the monotonic clock to the wall clock at one moment, so that due times stand on the wall clock's
/// epoch and still never jump when the wall clock is set.
struct ClockAnchor {
  TimePoint steady;
  std::chrono::system_clock::time_point wall;
};

/// The due times of one endpoint: k * interval + offset on the wall clock's epoch, where offset is the
/// endpoint's hash modulo the interval. The interval must be positive.
class DueGrid {
 public:
  DueGrid(ClockAnchor anchor, milliseconds interval, std::uint64_t hash);
  /// The first due time strictly after `time`.
  TimePoint next_after(TimePoint time) const;

 private:
  ClockAnchor anchor_;
  milliseconds interval_;
  milliseconds offset_;
};

/// The first run of a new endpoint: at its phase of min(interval, kFirstRunWithin). For intervals that are a
/// multiple of kFirstRunWithin this is also a step of the finer grid that contains the regular one.
TimePoint first_due(const ClockAnchor& anchor, milliseconds interval, std::uint64_t hash, TimePoint now);

/// The run after the one that was due at `due`: on the grid, `effective` (a multiple of `interval`) later,
/// and never in the past.
TimePoint next_due(const ClockAnchor& anchor, milliseconds interval, std::uint64_t hash, TimePoint due,
                   milliseconds effective, TimePoint now);

/// Whether a worker whose last audit began at `last` may begin another.
bool may_begin_audit(TimePoint last, TimePoint now);

/// What a banned or rate-limited prober sees: the connection is accepted and closed or reset without one
/// byte, or nothing answers at all. A probe that got an answer on any of its connections has no such symptom.
bool is_ban_like(const handshake::ProbeResult& result);

/// What is remembered from one run to the next.
struct RunHistory {
  bool up = false;        ///< the last recorded run succeeded
  int ban_like_runs = 0;  ///< consecutive ban-like runs of an episode that began right after a success

  /// Takes note of a run by its last attempt, a success or a failure.
  void note(const handshake::ProbeResult& last_attempt);
};

/// Whether a failed attempt is to be confirmed by one more: only an endpoint that was up, and only while the
/// run has made fewer than confirm_attempts.
bool wants_confirmation(const PolicySettings& settings, const RunHistory& history, std::size_t attempts_made,
                        handshake::Verdict verdict);

/// The interval to the next run: doubled for each ban-like run after the first, at most max_backoff, always a
/// whole multiple of `interval`, so that back-off stays on the grid.
milliseconds effective_interval(const PolicySettings& settings, const RunHistory& history,
                                milliseconds interval);

/// Which TLS profile to try first. A host that needed the legacy one is asked with it first for a day; then,
/// or when that fails, the modern one has its chance again.
class TlsProfileMemory {
 public:
  handshake::TlsProfile first_profile(TimePoint now) const;
  /// Takes note of one attempt, a success or a failure.
  void note(const handshake::ProbeResult& attempt, TimePoint now);

 private:
  std::optional<TimePoint> legacy_until_;
};

}  // namespace rdpwatch::scheduling
