#include "daemon/scheduling/sweep.hpp"

#include <memory>
#include <utility>

#include "daemon/scheduling/endpoint_table.hpp"
#include "daemon/scheduling/gate_patience.hpp"
#include "daemon/scheduling/lanes.hpp"

namespace rdpwatch::scheduling {
namespace asio = boost::asio;
namespace {

using handshake::ProbePlan;
using handshake::ProbeResult;
using handshake::Verdict;

struct Sweep {
  std::vector<inventory::TargetPtr> targets;
  ProbeFunction probe;
  Patience patience;
  SweepCallbacks callbacks;
};
using SweepPtr = std::shared_ptr<Sweep>;

asio::awaitable<void> sweep_target(SweepPtr sweep, inventory::TargetPtr target) {
  ProbePlan plan = target->plan();
  if (!expands(*target)) {
    const ProbeResult result = co_await probe_patiently(sweep->probe, plan, sweep->patience);
    sweep->callbacks.result(*target, result);
    co_return;
  }
  ProbePlan look_up = plan;
  look_up.depth = handshake::Depth::resolve;
  const ProbeResult found = co_await probe_patiently(sweep->probe, look_up, sweep->patience);
  if (found.verdict != Verdict::success) sweep->callbacks.result(*target, found);
  if (found.verdict != Verdict::success) co_return;
  for (const auto& address : found.addresses) {
    plan.pinned_address = address;
    const ProbeResult result = co_await probe_patiently(sweep->probe, plan, sweep->patience);
    sweep->callbacks.result(*target, result);
  }
}

}  // namespace

asio::awaitable<void> sweep(std::vector<inventory::TargetPtr> targets, ProbeFunction probe,
                            SweepOptions options, SweepCallbacks callbacks) {
  const auto shared = std::make_shared<Sweep>();
  shared->targets = std::move(targets);
  shared->probe = std::move(probe);
  shared->patience = {options.retry_pause, options.retry_for};
  shared->callbacks = std::move(callbacks);
  const auto work = [shared](std::size_t index) { return sweep_target(shared, shared->targets[index]); };
  const auto progress = [shared](std::size_t done) {
    shared->callbacks.progress(done, shared->targets.size());
  };
  asio::awaitable<void> running = run_in_lanes(shared->targets.size(), options.concurrency, work, progress);
  co_await std::move(running);
}

}  // namespace rdpwatch::scheduling
