#pragma once
// Reading a whole file with a bound on its size.

#include <string>

namespace rdpwatch::config {

inline constexpr std::size_t kLargestFile = 64u << 20;

/// Returns false and sets `why` (one line, with the system's words) when the file is missing, unreadable, no
/// regular file or larger than 64 MiB. A FIFO or a device is refused rather than waited for.
bool read_file(const std::string& path, std::string& content, std::string& why);

}  // namespace rdpwatch::config
