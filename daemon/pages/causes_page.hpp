#pragma once
// The book of causes: all of them with the hosts that have each, searched by words or by what a client shows;
// and one cause with everything that is known of it. Thread-safe: pure functions.

#include <string_view>
#include <vector>

#include "daemon/api/target_json.hpp"
#include "daemon/pages/list_query.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// Hosts that are listed with a cause; the others are behind a link.
inline constexpr std::size_t kListedHosts = 20;

/// The parameter q is a client's code with or without its extended code ("0x904 0x7", "2308"), one of our ids
/// as api::explain_json() takes them, or words that a cause has to have all of.
Page causes_page(const std::vector<fleet::StatePtr>& fleet, Parameters parameters);

/// Takes no parameters. Status 404 with a search for an id that is no cause. The path of a cause is stable:
/// runbook links may lead here.
Page cause_page(const std::vector<fleet::StatePtr>& fleet, const api::RowContext& context,
                std::string_view id, Parameters parameters);

}  // namespace rdpwatch::pages
