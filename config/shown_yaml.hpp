#pragma once
// The settings in force as YAML, for people. Thread-safe: a pure function.

#include <string>

#include "config/settings.hpp"

namespace rdpwatch::config {

/// Every key with its value, defaults included, so that nobody has to know them; what our own loader reads as
/// the same settings. Modules that are built in stand in a comment, for a file can't have them. Paths are
/// absolute.
///
/// No secret is in it: Settings holds none. Files are shown by their paths, never by what is in them, and
/// what --web.config.file says (passwords' hashes, keys, headers) is no part of Settings.
std::string shown_yaml(const Settings& settings);

}  // namespace rdpwatch::config
