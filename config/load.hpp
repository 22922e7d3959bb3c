#pragma once
// Strict YAML -> Settings, or every error at once with file:line:column, what is wrong and what is allowed.

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "config/settings.hpp"

namespace rdpwatch::config {

struct DeprecatedKey;

struct Error {
  Position where;
  std::string message;
};

/// "file:line:column: message"
std::string to_string(const Error& error);

using LoadResult = std::variant<Settings, std::vector<Error>>;

/// Errors are sorted by position. Relative paths in the file are resolved against its directory. Never throws
/// for bad input; a file that can't be read is an error at line 0.
LoadResult load_file(const std::string& path);
LoadResult load_text(const std::string& text, const std::string& path);
LoadResult load_text(const std::string& text, const std::string& path,
                     std::span<const DeprecatedKey> deprecated);

/// One discovery file in Prometheus's file_sd format, JSON or YAML: [{targets: [...], labels: {...}}].
struct DiscoveredTargets {
  std::vector<TargetSettings> targets;
  std::vector<Error> errors;  ///< any error: the file's last good content goes on
};
DiscoveredTargets load_discovery_file(const std::string& path);

}  // namespace rdpwatch::config
