#pragma once
// One group, its members side by side: what is different about the tenth server. Thread-safe: a pure
// function.

#include <string>
#include <vector>

#include "daemon/api/target_json.hpp"
#include "daemon/pages/list_query.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// `parameters`: page; kGroupRows members a page, worst first. Columns that no member has a value for are
/// left out. A fault page for a group that has no member.
Page group_page(const std::string& group, const std::vector<fleet::StatePtr>& fleet,
                const api::RowContext& context, Parameters parameters);

}  // namespace rdpwatch::pages
