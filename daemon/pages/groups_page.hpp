#pragma once
// The groups, worst first. Thread-safe: a pure function.

#include <vector>

#include "daemon/api/target_json.hpp"
#include "daemon/pages/list_query.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// Rows of a page of groups, or of members of a group.
inline constexpr std::size_t kGroupRows = 100;

/// `parameters`: q (part of a group's name) and page; empty ones do not count. A fault page for others.
Page groups_page(const std::vector<fleet::StatePtr>& fleet, const api::RowContext& context,
                 Parameters parameters);

}  // namespace rdpwatch::pages
