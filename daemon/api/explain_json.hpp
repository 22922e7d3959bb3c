#pragma once
// What `rdpwatch explain` says, as data. Thread-safe: a pure function.

#include <boost/json/object.hpp>
#include <string>
#include <variant>

#include "daemon/api/answers.hpp"

namespace rdpwatch::api {

/// Schema rdpwatch.explain/1. `query` is a code with or without its extended code ("0x904 0x7", "0x904/0x7")
/// or one of our ids. Unknown ones are a fault with status 404 that says what may have been meant.
std::variant<boost::json::object, Fault> explain_json(const std::string& query);

}  // namespace rdpwatch::api
