#pragma once
// Wording shared by all messages of config/: quoting what was found, listing what is allowed, guessing what
// was meant.

#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::config {

/// 'text', control characters as \xNN and cut to 80 bytes, so that a message is always one line of bounded
/// length.
std::string quoted(std::string_view text);

/// "a, b, c"
std::string joined(const std::vector<std::string>& words);

/// " (did you mean 'x'?)" for the one of `allowed` that is a slip or two away from `word`, else "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& allowed);

/// Whether there is a byte below 0x20, or 0x7f, in it.
bool has_control_characters(std::string_view text);

}  // namespace rdpwatch::config
