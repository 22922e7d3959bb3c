#pragma once
// The headers of every answer that are about safety, in one place.

#include <string_view>
#include <utility>
#include <vector>

namespace rdpwatch::http {

using StandingHeaders = std::vector<std::pair<std::string_view, std::string_view>>;

/// What goes with each answer of this type unless the headers of --web.config.file or the answer itself say
/// otherwise.
StandingHeaders standing_headers(std::string_view content_type);

}  // namespace rdpwatch::http
