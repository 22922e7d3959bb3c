#pragma once
// The overview: is it us, then the worst hosts, then the fleet in numbers. A pure function: thread-safe.

#include <vector>

#include "daemon/api/target_json.hpp"
#include "daemon/metrics/self_metrics.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// Hosts that are shown with all that is known of them; rows of each list of counts; newly broken hosts.
inline constexpr std::size_t kWorstHosts = 10;
inline constexpr std::size_t kCountedRows = 15;
inline constexpr std::size_t kNewlyBroken = 15;

Page overview_page(const std::vector<fleet::StatePtr>& fleet, const api::RowContext& context,
                   const metrics::SelfStatus& self);

}  // namespace rdpwatch::pages
