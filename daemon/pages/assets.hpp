#pragma once
// The stylesheet, the script and the icon, under /assets/. Thread-safe.

#include <string>
#include <string_view>

#include "daemon/http/message.hpp"

namespace rdpwatch::pages {

/// `path` as "/assets/rdpwatch.css"; 404 for one that is not there. A browser may keep it for a year: pages
/// ask for it with asset_version() behind it.
http::Response asset_answer(std::string_view path);

/// Another one for other assets.
const std::string& asset_version();

}  // namespace rdpwatch::pages
