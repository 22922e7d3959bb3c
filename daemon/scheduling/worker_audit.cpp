// Audits in the daemon: due at once for a new target, then at its phase of the interval. One that is due
// begins after a run that found the host up, when the worker's last one is long enough ago, and is paced so
// slowly that the schedule's own probes find room.

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "daemon/scheduling/audit_run.hpp"
#include "daemon/scheduling/worker.hpp"

namespace rdpwatch::scheduling {
namespace asio = boost::asio;

TimePoint Worker::first_audit(const inventory::Target& target) {
  return target.audit_interval.count() == 0 ? TimePoint::max() : TimePoint::min();
}

TimePoint Worker::next_audit(const Endpoint& endpoint, bool succeeded) const {
  const auto interval = endpoint.target->audit_interval;
  if (interval.count() == 0) return TimePoint::max();
  const TimePoint now = handshake::Clock::now();
  // Not right after the one that has just ended, when that was not at its phase.
  if (succeeded) return DueGrid(anchor_, interval, endpoint.hash).next_after(now + interval / 2);
  const auto half = std::min(interval, kAuditRetry) / 2;
  return DueGrid(anchor_, half, endpoint.hash).next_after(now + half);
}

// Of a fleet that has been audited another interval moves the phases and is no reason to audit all at once.
void Worker::change_audit(Endpoint& endpoint, milliseconds old_interval) const {
  if (endpoint.target->audit_interval == old_interval) return;
  const bool has_waited = endpoint.audit_due == TimePoint::min();
  const bool is_first = old_interval.count() == 0 || has_waited;
  endpoint.audit_due = is_first ? first_audit(*endpoint.target) : next_audit(endpoint, true);
}

void Worker::audit_if_due(const EndpointPtr& endpoint) {
  const TimePoint now = handshake::Clock::now();
  if (endpoint->auditing || now < endpoint->audit_due || !may_begin_audit(last_audit_, now)) return;
  last_audit_ = now;
  endpoint->auditing = true;
  ++tasks_;
  // The endpoint, whose signal may still be looked at, lives to the end.
  const auto ended = [this, endpoint](const std::exception_ptr& error) { task_ended(error); };
  asio::co_spawn(io_, audit(endpoint, endpoint->target),
                 asio::bind_cancellation_slot(endpoint->audit_cancel.slot(), ended));
}

asio::awaitable<void> Worker::audit(EndpointPtr endpoint, inventory::TargetPtr target) {
  handshake::AuditResult result;
  const ProbeFunction probe = [this](handshake::ProbePlan plan) { return attempt(std::move(plan)); };
  const AuditProgress quiet = [](int, int) {};
  try {
    asio::awaitable<handshake::AuditResult> auditing =
        run_audit(plan_for(*endpoint, *target), probe,
                  background_pace(policy_.max_connections_per_minute, target->interval), quiet);
    result = co_await std::move(auditing);
  } catch (const boost::system::system_error&) {
    result.abandoned_why = "stopped";  // Only cancellation comes as an exception.
  }
  endpoint->auditing = false;
  if (stopping_ || endpoint->removed) co_return;
  endpoint->audit_due = next_audit(*endpoint, result.verdict == handshake::Verdict::success);
  observer_.audit_done(*target, endpoint->key, result);
  // A reload may have made another target of it, or turned audits off.
  const bool still_asked =
      endpoint->target->audit_interval.count() > 0 && same_probe(*target, *endpoint->target);
  if (still_asked && result.verdict == handshake::Verdict::success)
    store_.record_audit(endpoint->key, std::move(result));
}

}  // namespace rdpwatch::scheduling
