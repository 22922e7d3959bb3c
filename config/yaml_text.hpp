#pragma once
// What is checked of a text before the YAML parser sees it.

#include <string_view>

#include "config/diagnostics.hpp"

namespace rdpwatch::config {

/// Refuses what yaml-cpp would take for something else or without a bound: bytes that are not UTF-8, control
/// characters (it takes 0x04 for the end of the file), and more than five million values. At most one error.
bool check_text(std::string_view text, Diagnostics& diagnostics);

}  // namespace rdpwatch::config
