#pragma once
// From a snapshot of the fleet to the page that was asked for. Thread-safe: a pure function.

#include <vector>

#include "daemon/api/target_query.hpp"

namespace rdpwatch::api {

/// Further causes of a failure are in the whole of one target; filters look at these.
inline constexpr std::size_t kShownCauses = 3;

struct TargetPage {
  std::size_t total = 0;              ///< endpoints that the filters let through
  std::vector<fleet::StatePtr> rows;  ///< of the page; none behind the last one
};

/// Whether all of the query's filters let it through at `now`.
bool matches(const fleet::TargetState& state, const TargetQuery& query, fleet::WallTime now);

/// Rows of a list that are on the page that was asked for, from `begin` up to `end`; for CSV without a page
/// all of them.
struct PageBounds {
  std::size_t begin;
  std::size_t end;
};
PageBounds page_bounds(const TargetQuery& query, std::size_t total);

/// Of `fleet` as ResultStore::snapshot() gives it, at `now`: some findings come and go with time. Endpoints
/// that are equal by the sort key stand by target and address; those that have no such value (no certificate,
/// no run) come last in both directions. For CSV without a page all rows are on it.
///
/// One pass over the fleet; tests/bench/api_targets.cpp measures it.
TargetPage select_page(const std::vector<fleet::StatePtr>& fleet, const TargetQuery& query,
                       fleet::WallTime now);

}  // namespace rdpwatch::api
