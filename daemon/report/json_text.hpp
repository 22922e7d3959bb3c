#pragma once
// JSON values as text, for programs in one line and for people indented. Numbers are plain decimals (0.041,
// not 4.1E-2); characters that could disturb a terminal are escaped; invalid UTF-8 becomes U+FFFD.

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>

namespace rdpwatch::report {

enum class JsonLayout : std::uint8_t { compact, indented };

/// Without a newline at the end. `indented` keeps what fits on a line of 100 columns on one line.
std::string to_text(const boost::json::value& value, JsonLayout layout);

}  // namespace rdpwatch::report
