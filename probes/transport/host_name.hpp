#pragma once
// Names as DNS takes them: what is a host name at all, and which full names a short one stands for. Pure
// functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::transport {

/// Why DNS can't be asked for this name; nothing when it can. Allowed: 1 to 253 bytes besides a trailing dot,
/// in labels of 1 to 63 bytes, without blanks, control characters and backslashes.
std::optional<std::string> host_name_fault(std::string_view name);

/// ASCII letters in lower case: names that differ only in case are the same.
std::string lower_case(std::string_view name);

/// The names to ask for, in order, without trailing dots; never empty. A name with a trailing dot, or with at
/// least `ndots` dots, is asked for as it is and nothing else: with a suffix appended, a wildcard record
/// would lead to another host. A shorter one is asked for with each of the `search` domains, and then as it
/// is only if it has a dot or there was no domain to append.
std::vector<std::string> names_to_ask(std::string_view name, const std::vector<std::string>& search,
                                      int ndots);

}  // namespace rdpwatch::transport
