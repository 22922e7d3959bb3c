#pragma once
// The templates and assets that the program carries. Thread-safe: constants.

#include <span>
#include <string_view>

namespace rdpwatch::pages {

struct EmbeddedFile {
  std::string_view name;  ///< "templates/overview.html", "assets/rdpwatch.css"
  std::string_view text;
};

/// By name.
std::span<const EmbeddedFile> embedded_files();

}  // namespace rdpwatch::pages
