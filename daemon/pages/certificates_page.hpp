#pragma once
// What certificate ends when, the soonest first, as a page and for a spreadsheet. Thread-safe: pure
// functions.

#include <variant>
#include <vector>

#include "daemon/api/target_json.hpp"
#include "daemon/http/message.hpp"
#include "daemon/pages/list_query.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// `parameters` as parse_certificate_query() takes them; empty ones do not count. With format=csv a file; a
/// fault page for what is not allowed.
std::variant<Page, http::Response> certificates_page(const std::vector<fleet::StatePtr>& fleet,
                                                     const api::RowContext& context, Parameters parameters);

}  // namespace rdpwatch::pages
