#pragma once
// IP literals.

#include <string>

namespace rdpwatch::config {

/// Canonical text of an IPv4 or IPv6 literal (without brackets or zone); false when it is none.
bool canonical_address(const std::string& text, std::string& canonical);

/// "ip", "ip:port" or "[v6]:port".
bool is_nameserver(const std::string& text);

/// 1..65535 in decimal digits.
bool parse_port(const std::string& text, int& port);

}  // namespace rdpwatch::config
