#pragma once
// What the inventory should lose, as JSON and CSV. Thread-safe: pure functions.

#include <string>
#include <vector>

#include "daemon/api/answers.hpp"
#include "daemon/fleet/clean_up.hpp"
#include "daemon/http/query_string.hpp"

namespace rdpwatch::api {

/// The parameter format (json, csv) decides before `accept`. Another parameter is a fault.
http::Response clean_up_answer(const std::vector<fleet::StatePtr>& fleet,
                               const std::vector<http::QueryParameter>& parameters, const std::string& accept,
                               fleet::WallTime now);

}  // namespace rdpwatch::api
