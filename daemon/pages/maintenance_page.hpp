#pragma once
// /maintenance: what goes on, what is planned, and a form to start one.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/http/query_string.hpp"
#include "daemon/maintenance/maintenances.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// `listed` as Maintenances::list() gives it. The parameter match (repeated) fills the form.
Page maintenance_page(const std::vector<maintenance::Listed>& listed, fleet::WallTime now,
                      const std::vector<http::QueryParameter>& parameters);

/// The form as a browser sends it: match (one a line), for, reason, by. What is wrong as a page.
std::variant<maintenance::StartRequest, Page> read_maintenance_form(const std::string& body);

/// What covers an endpoint, for its row: covered_name, covered_until, covered_left, covered_reason,
/// covered_by.
boost::json::object covered_row(const fleet::Maintenance& maintenance, fleet::WallTime now);

}  // namespace rdpwatch::pages
