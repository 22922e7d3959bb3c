#include "daemon/on_demand/target_runs.hpp"

#include <utility>

#include "daemon/on_demand/run_work.hpp"

namespace rdpwatch::on_demand {

namespace asio = boost::asio;
using handshake::Verdict;

TargetRuns::TargetRuns(OnDemandProber& prober, const fleet::ResultStore& store, metrics::SelfMetrics& self)
    : prober_(prober), store_(store), self_(self) {}

void TargetRuns::set_settings(const config::GlobalSettings& settings) {
  const std::scoped_lock lock(mutex_);
  settings_ = settings;
}

TargetRuns::Started TargetRuns::start(const fleet::EndpointKey& key, RunKind kind,
                                      const asio::any_io_executor& listener) {
  const fleet::StatePtr known = store_.find(key);
  if (!known) return Refusal{404, "there is no such target"};
  if (prober_.running() >= kMostProbes) return too_many();
  {
    const std::scoped_lock lock(busy_->mutex);
    if (!busy_->endpoints.insert(key).second) {
      return Refusal{409,
                     "a probe or a diagnosis that somebody asked for is running on " + key.target +
                         " already; try again when it has ended",
                     5};
    }
  }
  RunWork work{kind, known, {}, 0, store_};
  {
    const std::scoped_lock lock(mutex_);
    work.confirm = settings_.confirm;
    work.max_connections_per_minute = settings_.max_connections_per_minute;
  }
  const auto state = std::make_shared<RunState>(listener);
  const auto begin = [work, state](const scheduling::WatchedProbe& probe) {
    return do_run(probe, work, state);
  };
  const auto ended = [this, busy = busy_, key, state](const std::exception_ptr& error) {
    handshake::ProbeResult& result = state->result.report.result;
    if (error) result = fault(std::move(result), error);
    if (result.verdict == Verdict::local_fault && result.failure) self_.local_fault(*result.failure);
    {
      const std::scoped_lock lock(busy->mutex);
      busy->endpoints.erase(key);
    }
    state->lines.close();
  };
  const OnDemandProber::TaskPtr task = prober_.start(begin, ended);
  const std::weak_ptr<OnDemandProber*> alive = alive_;
  return std::make_unique<TargetRun>(state, [alive, task] {
    if (const auto prober = alive.lock()) (*prober)->cancel(task);
  });
}

}  // namespace rdpwatch::on_demand
