#pragma once
// Runs one audit: its probes one after another, patiently, so that politeness never decides what is learnt.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>

#include "daemon/scheduling/probe_function.hpp"
#include "probes/handshake/audit.hpp"

namespace rdpwatch::scheduling {

struct AuditPace {
  /// From the end of one probe to the next, besides the gate's own spacing.
  handshake::Duration pause{};
  /// A probe that the gate refused is tried again after this ...
  handshake::Duration retry_pause = std::chrono::seconds(5);
  /// ... until this long after its turn came; then the audit is abandoned with the gate's reason.
  handshake::Duration retry_for = std::chrono::minutes(5);
};

/// The pace in the daemon: an audit takes what the schedule, with two connections an interval, leaves of the
/// connections a minute that an address:port may have, at most half of them and at least one.
AuditPace background_pace(int max_connections_per_minute, std::chrono::milliseconds interval);

/// Called before each probe, and at the end, with how many are done and how many it will be at most.
using AuditProgress = std::function<void(int done, int planned)>;

/// Everything runs on the awaiting coroutine's executor. When cancelled (terminal) it ends early, with
/// Verdict::abandoned or by throwing operation_aborted.
boost::asio::awaitable<handshake::AuditResult> run_audit(handshake::ProbePlan plan, ProbeFunction probe,
                                                         AuditPace pace, AuditProgress progress);

}  // namespace rdpwatch::scheduling
