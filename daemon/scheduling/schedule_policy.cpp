#include "daemon/scheduling/schedule_policy.hpp"

#include <algorithm>

namespace rdpwatch::scheduling {
namespace {

using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;
using handshake::Verdict;

}  // namespace

std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  // Names of a farm differ in their last digits, which alone move FNV's result by little; the mix spreads
  // them.
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccd;
  hash ^= hash >> 33;
  return hash;
}

DueGrid::DueGrid(ClockAnchor anchor, milliseconds interval, std::uint64_t hash)
    : anchor_(anchor),
      interval_(interval),
      offset_(static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(interval_.count()))) {}

TimePoint DueGrid::next_after(TimePoint time) const {
  // Relative to the wall clock's epoch; rounded down to a grid point, then one step on.
  const auto wall = anchor_.wall.time_since_epoch() + (time - anchor_.steady) - offset_;
  auto steps = wall / interval_;
  if (wall < wall.zero() && wall % interval_ != wall.zero()) --steps;
  const auto next = interval_ * (steps + 1);
  return time + std::chrono::duration_cast<handshake::Duration>(next - wall);
}

TimePoint first_due(const ClockAnchor& anchor, milliseconds interval, std::uint64_t hash, TimePoint now) {
  return DueGrid(anchor, std::min(interval, kFirstRunWithin), hash).next_after(now);
}

TimePoint next_due(const ClockAnchor& anchor, milliseconds interval, std::uint64_t hash, TimePoint due,
                   milliseconds effective, TimePoint now) {
  return DueGrid(anchor, interval, hash).next_after(std::max(now, due + (effective - interval)));
}

bool may_begin_audit(TimePoint last, TimePoint now) {
  return now >= last + kAuditSpacing;
}

bool is_ban_like(const ProbeResult& result) {
  if (!result.failure || result.verdict != Verdict::failure) return false;
  // An earlier connection of the same probe is there only because the host answered it.
  if (result.negotiation && !result.negotiation->attempts.empty()) return false;
  const handshake::Phase phase = result.failure->phase;
  const FailureReason reason = result.failure->reason;
  if (reason == FailureReason::timeout) return phase == Phase::connect || phase == Phase::negotiate;
  const bool ended = reason == FailureReason::connection_closed || reason == FailureReason::connection_reset;
  return ended && phase == Phase::negotiate;
}

// Of verdicts alone: an endpoint that flaps is confirmed and backed off by its last runs like any other, or
// flapping would hide failures or double the probes.
void RunHistory::note(const ProbeResult& last_attempt) {
  const bool in_episode = up || ban_like_runs > 0;
  up = last_attempt.verdict == Verdict::success;
  ban_like_runs = in_episode && is_ban_like(last_attempt) ? ban_like_runs + 1 : 0;
}

bool wants_confirmation(const PolicySettings& settings, const RunHistory& history, std::size_t attempts_made,
                        Verdict verdict) {
  return verdict == Verdict::failure && history.up &&
         attempts_made < static_cast<std::size_t>(std::max(settings.confirm_attempts, 1));
}

milliseconds effective_interval(const PolicySettings& settings, const RunHistory& history,
                                milliseconds interval) {
  const auto most = std::max<std::int64_t>(settings.max_backoff / interval, 1);
  const int doublings = std::clamp(history.ban_like_runs - 1, 0, 30);
  return interval * std::min(std::int64_t{1} << doublings, most);
}

handshake::TlsProfile TlsProfileMemory::first_profile(TimePoint now) const {
  const bool legacy = legacy_until_ && now < *legacy_until_;
  return legacy ? handshake::TlsProfile::legacy : handshake::TlsProfile::modern;
}

void TlsProfileMemory::note(const ProbeResult& attempt, TimePoint now) {
  // A failure after TLS stood (a policy, a certificate) is none of the profile's.
  const bool needed = attempt.tls && attempt.tls->needs_legacy;
  if (!needed) {
    legacy_until_.reset();
  } else if (first_profile(now) == handshake::TlsProfile::modern) {
    legacy_until_ = now + kTlsMemory;
  }
}

}  // namespace rdpwatch::scheduling
