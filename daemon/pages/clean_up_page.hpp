#pragma once
// /clean-up: what the inventory should lose.

#include <string_view>
#include <vector>

#include "daemon/fleet/clean_up.hpp"
#include "daemon/http/query_string.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// Rows on the page; the files have all.
inline constexpr std::size_t kShownCleanUps = 1000;

/// "its name does not exist"
std::string_view in_words(fleet::CleanUp why);

/// A pure function.
Page clean_up_page(const std::vector<fleet::StatePtr>& fleet, fleet::WallTime now,
                   const std::vector<http::QueryParameter>& parameters);

}  // namespace rdpwatch::pages
