#pragma once
// Names that the configuration may use, taken from the handshake's enums.

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::config {

/// Depths and modules that are planned and refused with a message of their own until they exist.
inline constexpr std::array<std::string_view, 1> kNotYet{"login"};
bool is_not_yet(std::string_view name);

/// tcp, negotiate, tls, nla, licensing: each is at least as deep as the ones before it. `licensing` passes
/// the phase nla by, but whatever a module sets for the shallower depths has its effect there too.
std::vector<std::string> depth_names();
/// Whether `depth` is `needed` or comes after it; both are among depth_names().
bool reaches(std::string_view depth, std::string_view needed);

std::vector<std::string> certificate_problem_names();  ///< the values of fail_on
std::vector<std::string> tls_version_names();          ///< TLS10, TLS11, TLS12, TLS13

}  // namespace rdpwatch::config
