#pragma once
// The maintenances that people started, as the text that outlives a restart. Thread-safe: pure functions.

#include <string>
#include <vector>

#include "daemon/maintenance/maintenances.hpp"

namespace rdpwatch {

/// Its name in the state file.
inline constexpr const char* kKeptMaintenance = "maintenance";

std::string encode_maintenance(const std::vector<maintenance::AdHoc>& started);

/// Empty for an empty text. Throws std::exception for one that encode_maintenance() of no version wrote.
std::vector<maintenance::AdHoc> decode_maintenance(const std::string& text);

}  // namespace rdpwatch
