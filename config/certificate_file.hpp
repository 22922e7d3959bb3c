#pragma once
// Whether a file can serve as ca_file.

#include <string>

namespace rdpwatch::config {

/// False, with one line of why, when the file can't be read or holds no certificate in PEM form.
bool has_certificate(const std::string& path, std::string& why);

}  // namespace rdpwatch::config
