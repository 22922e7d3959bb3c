#include "probes/handshake/host_identity.hpp"

#include <algorithm>
#include <string_view>

#include "probes/wire/windows_releases.hpp"

namespace rdpwatch::handshake {
namespace {

constexpr std::size_t kNetbiosLength = 15;         // MS-NBTE 2.2.1: longer computer names are cut
constexpr std::uint8_t kDynvcGfxSupported = 0x02;  // MS-RDPBCGR 2.2.1.2.1, since Windows 8

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  while (out.ends_with('.')) out.pop_back();
  return out;
}

std::string first_label(const std::string& name) {
  return name.substr(0, name.find('.'));
}

// FreeRDP's server and what is built on it say 6.1.7601 on every system, and offer what Windows 7 never had.
bool contradicts(const wire::NtlmVersion& version, std::uint8_t negotiation_flags) {
  const bool before_windows_8 = version.major < 6 || (version.major == 6 && version.minor < 2);
  return before_windows_8 && (negotiation_flags & kDynvcGfxSupported) != 0;
}

bool is_called(const std::string& expected, const HostFacts& host) {
  const std::string name = lower(expected);
  const std::string dns = lower(host.dns_computer);
  if (!dns.empty() && (name == dns || first_label(name) == first_label(dns))) return true;
  return first_label(name).substr(0, kNetbiosLength) == lower(host.netbios_computer);
}

}  // namespace

HostFacts host_facts(const wire::NtlmChallenge& challenge, std::uint8_t negotiation_flags) {
  HostFacts facts;
  facts.netbios_computer = challenge.netbios_computer;
  facts.netbios_domain = challenge.netbios_domain;
  facts.dns_computer = challenge.dns_computer;
  facts.dns_domain = challenge.dns_domain;
  facts.dns_forest = challenge.dns_tree;
  if (!challenge.version) return facts;
  const auto& [major, minor, build] = *challenge.version;
  facts.os_build = std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(build);
  if (!contradicts(*challenge.version, negotiation_flags))
    facts.os_name = wire::windows_release(major, minor, build).value_or("");
  return facts;
}

Seconds clock_skew(std::chrono::system_clock::time_point host,
                   std::chrono::system_clock::time_point midpoint) {
  // In floating point from the start: a hostile host's clock may stand at the ends of what the type holds.
  return Seconds(host.time_since_epoch()) - Seconds(midpoint.time_since_epoch());
}

std::optional<bool> name_mismatch(const ProbePlan& plan, const HostFacts& host) {
  if (host.netbios_computer.empty() && host.dns_computer.empty()) return std::nullopt;
  const bool has_host = !plan.host_is_literal;
  const bool has_server_name = !plan.server_name.empty() && !is_address(plan.server_name);
  if (!has_host && !has_server_name) return std::nullopt;
  const bool called =
      (has_host && is_called(plan.host, host)) || (has_server_name && is_called(plan.server_name, host));
  return !called;
}

bool is_address(const std::string& name) {
  return name.find(':') != std::string::npos || name.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace rdpwatch::handshake
