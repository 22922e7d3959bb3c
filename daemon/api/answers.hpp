#pragma once
// The forms that all answers of the API have.

#include <boost/json/value.hpp>
#include <functional>
#include <string>
#include <vector>

#include "daemon/http/message.hpp"

namespace rdpwatch::api {

/// What is wrong with a request, and what is allowed in the place of what was wrong.
struct Fault {
  unsigned status = 400;
  std::string what;
  std::vector<std::string> allowed;
};

inline constexpr const char* kJson = "application/json";

/// Status 200. Answers are of the moment: nothing may keep one for later.
http::Response json_answer(const boost::json::value& value);

/// {"error": what, "allowed": [...]}; `allowed` is absent where there is nothing to list.
http::Response fault_answer(const Fault& fault);

/// An answer of `count` rows that is made while it is sent, a few rows at a time: `head`, then what `append`
/// appends for each row from 0 on, `between` between two of them, and `tail`. `head` or `tail` is not empty.
http::Response rows_answer(std::string content_type, std::string head, std::string between, std::string tail,
                           std::size_t count, std::function<void(std::size_t row, std::string& out)> append);

}  // namespace rdpwatch::api
