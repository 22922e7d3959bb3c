#include "daemon/scheduling/sweep.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <tuple>
#include <utility>

#include "daemon/scheduling/endpoint_table.hpp"
#include "daemon/scheduling/gate_patience.hpp"

namespace rdpwatch::scheduling {
namespace asio = boost::asio;
namespace {

using handshake::ProbePlan;
using handshake::ProbeResult;
using handshake::Verdict;

struct Sweep {
  std::vector<inventory::TargetPtr> targets;
  ProbeFunction probe;
  SweepOptions options;
  SweepCallbacks callbacks;
  std::size_t next = 0;
  std::size_t done = 0;
};
using SweepPtr = std::shared_ptr<Sweep>;

Patience patience_of(const SweepOptions& options) {
  return {options.retry_pause, options.retry_for};
}

asio::awaitable<void> sweep_target(SweepPtr sweep, inventory::TargetPtr target) {
  ProbePlan plan = target->plan;
  if (!expands(*target)) {
    const ProbeResult result = co_await probe_patiently(sweep->probe, plan, patience_of(sweep->options));
    sweep->callbacks.result(*target, result);
    co_return;
  }
  ProbePlan look_up = plan;
  look_up.depth = handshake::Depth::resolve;
  const ProbeResult found = co_await probe_patiently(sweep->probe, look_up, patience_of(sweep->options));
  if (found.verdict != Verdict::success) sweep->callbacks.result(*target, found);
  if (found.verdict != Verdict::success) co_return;
  for (const auto& address : found.addresses) {
    plan.pinned_address = address;
    const ProbeResult result = co_await probe_patiently(sweep->probe, plan, patience_of(sweep->options));
    sweep->callbacks.result(*target, result);
  }
}

/// One of the sweep's lanes: takes the next target until there is none.
asio::awaitable<void> run_lane(SweepPtr sweep) {
  while (sweep->next < sweep->targets.size()) {
    const inventory::TargetPtr target = sweep->targets[sweep->next++];
    co_await sweep_target(sweep, target);
    sweep->callbacks.progress(++sweep->done, sweep->targets.size());
  }
}

}  // namespace

asio::awaitable<void> sweep(std::vector<inventory::TargetPtr> targets, ProbeFunction probe,
                            SweepOptions options, SweepCallbacks callbacks) {
  if (targets.empty()) co_return;
  const auto lanes = std::min(targets.size(), static_cast<std::size_t>(std::max(options.concurrency, 1)));
  const auto shared = std::make_shared<Sweep>();
  shared->targets = std::move(targets);
  shared->probe = std::move(probe);
  shared->options = options;
  shared->callbacks = std::move(callbacks);

  const auto executor = co_await asio::this_coro::executor;
  using Lane = decltype(asio::co_spawn(executor, run_lane(shared), asio::deferred));
  std::vector<Lane> running;
  for (std::size_t i = 0; i < lanes; ++i)
    running.push_back(asio::co_spawn(executor, run_lane(shared), asio::deferred));
  auto all = asio::experimental::make_parallel_group(std::move(running));
  // A lane that throws (a callback did, or the sweep is cancelled) ends the others too.
  const auto ended = co_await all.async_wait(asio::experimental::wait_for_one_error(), asio::use_awaitable);
  for (const auto& error : std::get<1>(ended)) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace rdpwatch::scheduling
