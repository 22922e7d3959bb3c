#include "daemon/scheduling/diagnosis_run.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "daemon/scheduling/gate_patience.hpp"

namespace rdpwatch::scheduling {
namespace asio = boost::asio;

AuditPace diagnosis_pace(int max_connections_per_minute, std::chrono::milliseconds interval) {
  constexpr std::chrono::milliseconds kMinute{60'000};
  const auto scheduled = 2 * kMinute.count() / std::max<std::int64_t>(interval.count(), 1);
  const auto left = std::max<std::int64_t>(max_connections_per_minute - scheduled, 1);
  AuditPace pace;
  pace.pause = kMinute / left;
  pace.retry_pause = std::max<handshake::Duration>(pace.pause, pace.retry_pause);
  return pace;
}

asio::awaitable<diagnosis::Diagnosis> run_diagnosis(diagnosis::Diagnostician diagnostician,
                                                    ProbeFunction probe, AuditPace pace,
                                                    DiagnosisProgress progress) {
  const Patience patience{pace.retry_pause, pace.retry_for};
  while (auto experiment = diagnostician.next()) {
    if (pace.pause.count() > 0) {
      const auto executor = co_await asio::this_coro::executor;
      asio::steady_timer pause(executor, pace.pause);
      co_await pause.async_wait(asio::use_awaitable);
    }
    progress.begins(*experiment);
    const diagnosis::ExperimentKind kind = experiment->kind;
    auto probing = probe_patiently(probe, std::move(experiment->plan), patience);
    handshake::ProbeResult result = co_await std::move(probing);
    diagnostician.note(kind, std::move(result));
    progress.ended(diagnostician.diagnosis());
  }
  co_return diagnostician.diagnosis();
}

}  // namespace rdpwatch::scheduling
