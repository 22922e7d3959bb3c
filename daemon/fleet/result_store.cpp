#include "daemon/fleet/result_store.hpp"

#include <algorithm>
#include <utility>

#include "daemon/fleet/certificate_change.hpp"
#include "daemon/fleet/series_labels.hpp"

namespace rdpwatch::fleet {
namespace {

using handshake::ProbeResult;
using handshake::Verdict;

/// Endpoints copied under one lock: some tens of microseconds.
constexpr std::size_t kSnapshotChunk = 512;

bool is_targets_own(const ProbeResult& attempt) {
  return attempt.verdict == Verdict::success || attempt.verdict == Verdict::failure;
}

/// Counts a change of certificate and keeps it as the newest. False for one that was among the last ones.
bool note_in_history(TargetState& state, const handshake::CertificateFacts& seen, WallTime finished) {
  auto& history = state.certificates;
  const Fingerprint sha256 = fingerprint_of(seen.sha256);
  const auto known = std::ranges::find(history, sha256, &SeenCertificate::sha256);
  if (known != history.end()) {
    known->last_seen = finished;
    std::rotate(known, known + 1, history.end());
    return false;
  }
  if (!history.empty()) ++state.certificate_changes;
  if (history.size() == kCertificatesKept) history.erase(history.begin());
  history.push_back({sha256, finished, finished, seen.not_after});
  return true;
}

/// `before` is the certificate seen before this one; null for the first.
void note_certificate(TargetState& state, const handshake::CertificateFacts* before,
                      const handshake::CertificateFacts& seen, WallTime finished) {
  if (!note_in_history(state, seen, finished) || before == nullptr) return;
  if (auto why = why_unexpected(*before, seen, finished))
    state.unexpected_change =
        std::make_shared<const UnexpectedChange>(UnexpectedChange{finished, std::move(*why)});
}

/// What was last seen of one kind (certificate, host). The last attempt's lives inside last_result, which is
/// kept anyway. When a result without any takes last_result's place, it moves out, so that the old result is
/// not kept alive for its sake.
template <class Facts, class Optional>
std::shared_ptr<const Facts> last_seen(Optional ProbeResult::*part, std::shared_ptr<const Facts> kept,
                                       const std::shared_ptr<const ProbeResult>& previous,
                                       const std::vector<ProbeResult>& earlier,
                                       const std::shared_ptr<const ProbeResult>& last) {
  const auto& newest = (*last).*part;
  if (newest) return {last, &*newest};
  for (auto attempt = earlier.rbegin(); attempt != earlier.rend(); ++attempt) {
    if ((*attempt).*part) return std::make_shared<const Facts>(*((*attempt).*part));
  }
  const bool inside = kept && previous && (*previous).*part && kept.get() == &*((*previous).*part);
  return inside ? std::make_shared<const Facts>(*kept) : kept;
}

void keep_results(TargetState& state, std::vector<ProbeResult>& attempts, WallTime finished) {
  if (attempts.back().verdict == Verdict::success) state.last_good_address = attempts.back().address;
  const handshake::CertificateFacts* before = state.certificate.get();
  for (const auto& attempt : attempts) {
    if (!attempt.address.empty()) state.last_address = attempt.address;
    state.clock = after_attempt(state.clock, attempt);
    if (!attempt.certificate) continue;
    note_certificate(state, before, *attempt.certificate, finished);
    before = &*attempt.certificate;
  }
  const auto previous = std::move(state.last_result);
  state.last_result = std::make_shared<const ProbeResult>(std::move(attempts.back()));
  attempts.pop_back();
  state.certificate = last_seen(&ProbeResult::certificate, std::move(state.certificate), previous, attempts,
                                state.last_result);
  state.host = last_seen(&ProbeResult::host, std::move(state.host), previous, attempts, state.last_result);
}

/// A resolver that fails says neither that the name exists nor that it does not.
void note_missing_name(TargetState& state, const ProbeResult& last_attempt, WallTime finished) {
  const auto& failure = last_attempt.failure;
  if (failure && failure->reason == handshake::FailureReason::name_not_found) {
    if (!state.name_missing_since) state.name_missing_since = finished;
  } else if (!failure || failure->phase != handshake::Phase::resolve) {
    state.name_missing_since.reset();
  }
}

void count_run(TargetState& state, const std::vector<ProbeResult>& attempts, WallTime finished) {
  ++state.probes_total;
  state.attempts_total += static_cast<std::uint32_t>(attempts.size());
  state.attempt_failures_total +=
      static_cast<std::uint32_t>(std::count_if(attempts.begin(), attempts.end(), [](const auto& attempt) {
        return attempt.verdict == Verdict::failure;
      }));
  state.last_run = finished;
  const bool success = attempts.back().verdict == Verdict::success;
  state.verdicts.note(success);
  state.runs.note(attempts.back(), finished);
  if (success) {
    state.consecutive_failures = 0;
    state.last_success = finished;
    state.durations.note(attempts.back());
  } else {
    if (state.consecutive_failures == 0) state.failing_since = finished;
    ++state.probe_failures_total;
    ++state.consecutive_failures;
  }
  note_missing_name(state, attempts.back(), finished);
}

/// After a recorded run; unknown before the first.
TargetStatus status_of(const TargetState& state) {
  if (!state.last_run) return TargetStatus::unknown;
  const bool flapping = state.verdicts.flapping();
  if (!flapping && state.consecutive_failures == 0) return TargetStatus::up;
  if (state.maintenance) return TargetStatus::maintenance;
  return flapping ? TargetStatus::flapping : TargetStatus::down;
}

/// Gives the state the status that it should have; what changed, if anything did.
std::optional<StatusChange> update_status(TargetState& state, GroupStatistics& groups, WallTime now) {
  const auto status = status_of(state);
  if (status == state.status) return std::nullopt;
  const StatusChange change{state.key, state.status, status, state.status_since};
  groups.change_status(state.target->group, state.status, status);
  state.status = status;
  state.status_since = now;
  return change;
}

}  // namespace

void ResultStore::put_endpoint(const EndpointKey& key, inventory::TargetPtr target, WallTime now) {
  std::string labels = series_labels(*target, key.address);
  const std::scoped_lock lock(mutex_);
  const auto found = states_.find(key);
  const StatePtr before = found == states_.end() ? nullptr : found->state;
  auto state = before ? std::make_shared<TargetState>(*before) : std::make_shared<TargetState>();
  if (before) {
    if (before->target->interval != target->interval) state->interval = target->interval;
    // The new group first: a group must not be forgotten and made anew when nothing changes.
    groups_.add_endpoint(target->group, state->status);
    groups_.remove_endpoint(before->target->group, state->status);
  } else {
    if (auto restored = restorable_.extract(key)) {
      state = std::move(restored.mapped());
    } else {
      state->status_since = now;
    }
    state->key = key;
    if (state->first_seen == WallTime()) state->first_seen = now;
    state->interval = target->interval;
    groups_.add_endpoint(target->group, state->status);
  }
  // What the target's module does not ask for any more is not to be shown for ever.
  if (target->audit_interval.count() == 0) state->audit.reset();
  if (target->recipe->depth != handshake::Depth::nla) state->host.reset();
  state->target = std::move(target);
  state->series_labels = std::move(labels);
  state->maintenance = *coverage_ ? (*coverage_)(*state->target) : nullptr;
  if (update_status(*state, groups_, now)) state->revision = ++revision_;
  if (before) {
    found->state = std::move(state);
  } else {
    states_.insert({std::move(state)});
  }
}

void ResultStore::remove_endpoint(const EndpointKey& key) {
  StatePtr removed;  // freed after the lock
  const std::scoped_lock lock(mutex_);
  const auto found = states_.find(key);
  if (found == states_.end()) return;
  removed = found->state;
  states_.erase(found);
  groups_.remove_endpoint(removed->target->group, removed->status);
}

void ResultStore::restore(std::map<EndpointKey, std::shared_ptr<TargetState>> states) {
  const std::scoped_lock lock(mutex_);
  restorable_ = std::move(states);
}

std::vector<std::string> ResultStore::restorable_addresses(const std::string& target) const {
  std::vector<std::string> addresses;
  const std::scoped_lock lock(mutex_);
  for (auto next = restorable_.upper_bound({target, ""});
       next != restorable_.end() && next->first.target == target; ++next) {
    addresses.push_back(next->first.address);
  }
  return addresses;
}

void ResultStore::forget_restored() {
  std::map<EndpointKey, std::shared_ptr<TargetState>> forgotten;  // freed after the lock
  const std::scoped_lock lock(mutex_);
  restorable_.swap(forgotten);
}

std::uint64_t ResultStore::revision() const {
  const std::scoped_lock lock(mutex_);
  return revision_;
}

std::optional<StatusChange> ResultStore::record(const EndpointKey& key, RunRecord run) {
  auto& attempts = run.attempts;
  std::erase_if(attempts, [](const auto& attempt) { return !is_targets_own(attempt); });
  if (attempts.empty()) return std::nullopt;

  StatePtr previous;  // freed after the lock
  const std::scoped_lock lock(mutex_);
  const auto found = states_.find(key);
  if (found == states_.end()) return std::nullopt;
  previous = found->state;
  auto state = std::make_shared<TargetState>(*previous);
  const std::string& group = state->target->group;

  for (const auto& attempt : attempts) groups_.observe_phases(group, attempt);
  if (attempts.back().failure) groups_.count_failure(group, *attempts.back().failure);
  count_run(*state, attempts, run.finished);
  state->revision = ++revision_;
  state->interval = run.interval;
  state->diagnosis = std::move(run.diagnosis);
  keep_results(*state, attempts, run.finished);
  const auto change = update_status(*state, groups_, run.finished);
  found->state = std::move(state);
  return change;
}

std::vector<StatusChange> ResultStore::set_coverage(Coverage coverage, WallTime now) {
  auto in_force = std::make_shared<const Coverage>(std::move(coverage));
  {
    const std::scoped_lock lock(mutex_);
    coverage_ = in_force;  // for every endpoint that is put from here on
  }
  std::vector<StatusChange> changes;
  for (const auto& seen : snapshot()) {
    auto maintenance = *in_force ? (*in_force)(*seen->target) : nullptr;
    if (maintenance == seen->maintenance) continue;
    StatePtr previous;  // freed after the lock
    const std::scoped_lock lock(mutex_);
    const auto found = states_.find(seen->key);
    // A target that was put meanwhile has asked for itself.
    if (found == states_.end() || found->state->target != seen->target) continue;
    auto state = std::make_shared<TargetState>(*found->state);
    state->maintenance = std::move(maintenance);
    if (const auto change = update_status(*state, groups_, now)) {
      state->revision = ++revision_;
      changes.push_back(*change);
    }
    previous = std::exchange(found->state, std::move(state));
  }
  return changes;
}

void ResultStore::record_audit(const EndpointKey& key, handshake::AuditResult audit) {
  auto kept = std::make_shared<const handshake::AuditResult>(std::move(audit));
  StatePtr previous;  // freed after the lock
  const std::scoped_lock lock(mutex_);
  const auto found = states_.find(key);
  if (found == states_.end()) return;
  auto state = std::make_shared<TargetState>(*found->state);
  state->revision = ++revision_;
  state->audit = std::move(kept);
  previous = std::exchange(found->state, std::move(state));
}

void ResultStore::record_diagnosis(const EndpointKey& key,
                                   std::shared_ptr<const diagnosis::Diagnosis> diagnosis) {
  StatePtr previous;  // freed after the lock
  const std::scoped_lock lock(mutex_);
  const auto found = states_.find(key);
  if (found == states_.end() || !found->state->diagnosis) return;
  auto state = std::make_shared<TargetState>(*found->state);
  state->revision = ++revision_;
  state->diagnosis = std::move(diagnosis);
  previous = std::exchange(found->state, std::move(state));
}

StatePtr ResultStore::find(const EndpointKey& key) const {
  const std::scoped_lock lock(mutex_);
  const auto found = states_.find(key);
  return found == states_.end() ? nullptr : found->state;
}

std::size_t ResultStore::size() const {
  const std::scoped_lock lock(mutex_);
  return states_.size();
}

std::vector<StatePtr> ResultStore::snapshot() const {
  std::vector<StatePtr> all;
  all.reserve(size());
  while (true) {
    const std::scoped_lock lock(mutex_);
    auto next = all.empty() ? states_.begin() : states_.upper_bound(all.back()->key);
    for (std::size_t i = 0; i < kSnapshotChunk && next != states_.end(); ++i, ++next)
      all.push_back(next->state);
    if (next == states_.end()) return all;
  }
}

void ResultStore::for_each(const std::function<void(const TargetState&)>& visit) const {
  for (const auto& state : snapshot()) visit(*state);
}

Groups ResultStore::groups() const {
  const std::scoped_lock lock(mutex_);
  return groups_.groups();
}

JudgementPtr ResultStore::judgement() const {
  const std::scoped_lock lock(mutex_);
  return judgement_;
}

void ResultStore::set_judgement(JudgementPtr judgement) {
  // What it takes the place of is freed after the lock, with the parameter.
  const std::scoped_lock lock(mutex_);
  judgement_.swap(judgement);
}

}  // namespace rdpwatch::fleet
