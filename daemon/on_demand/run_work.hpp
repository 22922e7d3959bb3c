#pragma once
// What a run does, on the prober's thread.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>

#include "config/settings.hpp"
#include "daemon/fleet/result_store.hpp"
#include "daemon/on_demand/target_run.hpp"
#include "daemon/scheduling/probe_function.hpp"

namespace rdpwatch::on_demand {

/// However patient its experiments are and however busy the limits, a diagnosis ends by then, with what it
/// has.
inline constexpr std::chrono::minutes kLongestDiagnosis{5};

struct RunWork {
  RunKind kind;
  fleet::StatePtr begun_with;  ///< the target as it was known when the run was asked for
  config::ConfirmSettings confirm;
  int max_connections_per_minute;
  const fleet::ResultStore& store;
};

/// Tells `state` its lines and leaves the result there; does not end them. When cancelled (terminal) the
/// result has Verdict::abandoned, or what was learnt by then.
boost::asio::awaitable<void> do_run(scheduling::WatchedProbe probe, RunWork work,
                                    std::shared_ptr<RunState> state);

}  // namespace rdpwatch::on_demand
