#include "daemon/scheduling/audit_run.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <utility>

#include "daemon/scheduling/gate_patience.hpp"

namespace rdpwatch::scheduling {
namespace asio = boost::asio;

using handshake::AuditResult;
using handshake::ProbePlan;
using handshake::ProbeResult;

AuditPace background_pace(int max_connections_per_minute, std::chrono::milliseconds interval) {
  constexpr std::chrono::milliseconds kMinute{60'000};
  const auto scheduled = 2 * kMinute.count() / std::max<std::int64_t>(interval.count(), 1);
  const auto left = max_connections_per_minute - scheduled;
  const auto ours = std::clamp<std::int64_t>(left, 1, std::max(max_connections_per_minute / 2, 1));
  AuditPace pace;
  pace.pause = kMinute / ours;
  pace.retry_pause = std::max<handshake::Duration>(pace.pause, pace.retry_pause);
  return pace;
}

asio::awaitable<AuditResult> run_audit(ProbePlan plan, ProbeFunction probe, AuditPace pace,
                                       AuditProgress progress) {
  const auto began = handshake::Clock::now();
  handshake::Audit audit(std::move(plan));
  const Patience patience{pace.retry_pause, pace.retry_for};
  while (auto step = audit.next()) {
    if (audit.done() > 0 && pace.pause.count() > 0) {
      const auto executor = co_await asio::this_coro::executor;
      asio::steady_timer pause(executor, pace.pause);
      co_await pause.async_wait(asio::use_awaitable);
    }
    progress(audit.done(), audit.planned());
    const ProbeResult result = co_await probe_patiently(probe, std::move(*step), patience);
    audit.note(result);
  }
  progress(audit.done(), audit.planned());
  AuditResult result = audit.take_result();
  result.duration = handshake::Clock::now() - began;
  co_return result;
}

}  // namespace rdpwatch::scheduling
