#pragma once
// The series of one probe that was asked for over HTTP, as the blackbox exporter's users know it: our
// families without labels of the target, for the scrape adds them, and blackbox's names beside them.

#include <chrono>
#include <string>

#include "daemon/inventory/inventory.hpp"
#include "daemon/metrics/target_samples.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::metrics {

/// Of a result whose verdict is success or failure. Text format 0.0.4, a few kilobytes. Only what one probe
/// can say: no state, counters or ages. `timeout`: what it was allowed to take.
std::string probe_exposition(const handshake::ProbeResult& result, const inventory::TargetPtr& target,
                             std::chrono::nanoseconds timeout, const ClientErrorText& client_error,
                             fleet::WallTime now);

}  // namespace rdpwatch::metrics
