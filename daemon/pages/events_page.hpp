#pragma once
// What happened, the newest first. Thread-safe: a pure function.

#include <functional>

#include "daemon/events/journal.hpp"
#include "daemon/pages/list_query.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// Whether there is such an endpoint now.
using HasEndpoint = std::function<bool(const fleet::EndpointKey&)>;

/// `parameters`: type, target, group, since, until and before, as the API has them; empty ones do not count.
/// A fault page for what is not allowed.
Page events_page(const events::Journal& journal, const HasEndpoint& has_endpoint, fleet::WallTime now,
                 Parameters parameters);

}  // namespace rdpwatch::pages
