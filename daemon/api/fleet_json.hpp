#pragma once
// The fleet in numbers, and its groups. Thread-safe: pure functions.

#include <boost/json/object.hpp>
#include <map>
#include <string_view>
#include <vector>

#include "daemon/api/target_json.hpp"
#include "daemon/metrics/self_metrics.hpp"

namespace rdpwatch::api {

/// Path failures that are listed; those with the most members first.
inline constexpr std::size_t kListedPaths = 100;

/// What the state of the daemon itself is made of.
struct DaemonFacts {
  std::string version;
  fleet::WallTime started;
  metrics::SelfStatus self;
};

/// Schema rdpwatch.status/1. Before the first judgement of the fleet nothing is said of the prober and of
/// paths.
boost::json::object status_json(const std::vector<fleet::StatePtr>& fleet, const RowContext& context,
                                const DaemonFacts& daemon);

/// Schema rdpwatch.groups/1: of each group its targets by state and the failures of their last runs.
boost::json::object groups_json(const std::vector<fleet::StatePtr>& fleet, const RowContext& context);

}  // namespace rdpwatch::api
