#pragma once
// What this program is made of. Thread-safe: constants.

#include <string>
#include <string_view>

namespace rdpwatch::report {

struct Version {
  std::string_view version;   ///< "0.1.0"
  std::string_view revision;  ///< of the sources when the build was configured, or "unknown"
  std::string_view compiler;  ///< "GCC 12.2.0"
  std::string_view boost;     ///< "1.81.0"
};
const Version& version();

/// `rdpwatch --version`, several lines. `openssl` is the text of the library in use.
std::string version_text(std::string_view openssl);

}  // namespace rdpwatch::report
