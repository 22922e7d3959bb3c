#pragma once

#include <string_view>

namespace rdpwatch::http {

/// Whether an Accept-Encoding header allows gzip (RFC 9110, 12.5.3): "gzip" or "x-gzip", else "*", with a
/// weight above 0. An empty or missing header does not.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace rdpwatch::http
