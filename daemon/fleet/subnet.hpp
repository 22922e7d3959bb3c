#pragma once
// The subnet of an endpoint, as far as an address tells it. Thread-safe: pure functions.

#include <string>

namespace rdpwatch::fleet {

/// "10.1.2.0/24" or "2001:db8::/64" of "10.1.2.3", "10.1.2.3:3389", "2001:db8::1" or "[2001:db8::1]:3389";
/// empty for anything else.
std::string subnet_of(const std::string& address);

}  // namespace rdpwatch::fleet
