#pragma once
// What pages with a filtered and paged list share: a query taken apart and put together, the filters in
// force, the pages before and behind. Thread-safe: pure functions.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/query_string.hpp"

namespace rdpwatch::pages {

using Parameters = std::vector<http::QueryParameter>;

/// Rows of a page unless it is asked for more or fewer.
inline constexpr std::size_t kRows = 50;
/// Groups and sites that a form proposes; others can be typed.
inline constexpr std::size_t kProposed = 500;

using http::value_of;
Parameters without(Parameters parameters, std::string_view name);
/// In the place of all of that name.
Parameters with(Parameters parameters, std::string_view name, std::string value);
/// Without those that are empty, which a form sends for what was left open.
Parameters filled_in(Parameters parameters);

/// "targets?state=down"; the path alone for no parameters.
std::string link_of(std::string_view path, const Parameters& parameters);

/// For part-chips: has_chips; chips, what is filtered by, each with the link that takes it away (chip_text,
/// chip_link); unfiltered_path and unfiltered_words (`all`, "All targets"), the link to the whole list.
void put_chips(boost::json::object& model, std::string_view path, std::string_view all,
               const Parameters& parameters);

/// For part-pager: where in the list the page is, and its neighbours.
boost::json::object pager(std::string_view path, const Parameters& parameters, std::size_t total,
                          std::size_t page, std::size_t per_page);

/// option_value, option_selected.
boost::json::object option(std::string_view value, bool selected);

}  // namespace rdpwatch::pages
