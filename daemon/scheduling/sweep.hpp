#pragma once
// sweep: the whole inventory once, as fast as concurrency and the gate allow, for the command line.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

#include "daemon/inventory/inventory.hpp"
#include "daemon/scheduling/probe_function.hpp"

namespace rdpwatch::scheduling {

struct SweepOptions {
  int concurrency = 100;  ///< targets at once, at least 1
  /// A probe that the gate refused (a full queue, the cap a minute) is tried again after this pause ...
  handshake::Duration retry_pause = std::chrono::seconds(1);
  /// ... until this long after the target's turn came; then the refusal is its result (Verdict::abandoned).
  handshake::Duration retry_for = std::chrono::minutes(5);
};

struct SweepCallbacks {
  /// Each result as it comes: one a target, or one an address for targets with expand_addresses.
  std::function<void(const inventory::Target&, const handshake::ProbeResult&)> result;
  /// After each target, with the number of those that are done.
  std::function<void(std::size_t done, std::size_t total)> progress;
};

/// Returns when all targets are done. Everything runs on the awaiting coroutine's executor (one thread). When
/// cancelled (terminal) it ends early by throwing operation_aborted; probes cut off have no result.
boost::asio::awaitable<void> sweep(std::vector<inventory::TargetPtr> targets, ProbeFunction probe,
                                   SweepOptions options, SweepCallbacks callbacks);

}  // namespace rdpwatch::scheduling
