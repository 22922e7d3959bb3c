#pragma once
// "did you mean": the names next to a mistyped one.

#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::report {

/// "did you mean timeout or tls_alert?" with up to three of `names`, nearest first; empty when none is near.
std::string did_you_mean(std::string_view typed, const std::vector<std::string_view>& names);

}  // namespace rdpwatch::report
