#pragma once
// The list of targets: the API's query, as a form and a table. Thread-safe: a pure function.

#include <vector>

#include "daemon/api/target_json.hpp"
#include "daemon/http/query_string.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// `parameters` as api::parse_target_query() takes them; empty ones, which a form sends for what was left
/// open, do not count. A fault page for what is not allowed.
Page targets_page(const std::vector<fleet::StatePtr>& fleet, const api::RowContext& context,
                  std::vector<http::QueryParameter> parameters);

}  // namespace rdpwatch::pages
