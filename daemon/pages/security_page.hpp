#pragma once
// What security the fleet's hosts accept, in numbers with links to the hosts. Thread-safe: a pure function.

#include <vector>

#include "daemon/pages/list_query.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// Windows builds that are listed.
inline constexpr std::size_t kListedBuilds = 200;

/// Takes no parameters; a fault page for any.
Page security_page(const std::vector<fleet::StatePtr>& fleet, fleet::WallTime now, Parameters parameters);

}  // namespace rdpwatch::pages
