#pragma once
// Names that the configuration may use, taken from the handshake's enums.

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::config {

/// Depths and modules that are planned and refused with a message of their own until they exist.
inline constexpr std::array<std::string_view, 3> kNotYet{"nla", "login", "licensing"};
bool is_not_yet(std::string_view name);

std::vector<std::string> depth_names();  ///< tcp, negotiate, tls: each includes the ones before it
std::vector<std::string> certificate_problem_names();  ///< the values of fail_on
std::vector<std::string> tls_version_names();          ///< TLS10, TLS11, TLS12, TLS13

}  // namespace rdpwatch::config
