#include "daemon/on_demand/probe_permission.hpp"

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

namespace rdpwatch::on_demand {
namespace {

namespace ip = boost::asio::ip;
using config::ProbeAllow;

/// One host behind an IPv4 address and behind its IPv6-mapped form is one host.
ip::address normalised(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

template <class Bytes>
bool same_prefix(const Bytes& a, const Bytes& b, int prefix) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int bits = std::clamp(prefix - static_cast<int>(8 * i), 0, 8);
    const auto mask = static_cast<unsigned char>(0xFF00 >> bits);
    if ((a[i] & mask) != (b[i] & mask)) return false;
  }
  return true;
}

bool has_port(const ProbeAllow& rule, std::uint16_t port) {
  return port >= rule.first_port && port <= rule.last_port;
}

bool has_address(const ProbeAllow& rule, const ip::address& address) {
  if (rule.kind != ProbeAllow::Kind::network) return false;
  const ip::address network = normalised(ip::make_address(rule.host));
  if (network.is_v4() != address.is_v4()) return false;
  if (network.is_v4())
    return same_prefix(network.to_v4().to_bytes(), address.to_v4().to_bytes(), rule.prefix);
  return same_prefix(network.to_v6().to_bytes(), address.to_v6().to_bytes(), rule.prefix);
}

bool has_name(const ProbeAllow& rule, const std::string& name) {
  switch (rule.kind) {
    case ProbeAllow::Kind::network:
      return false;
    case ProbeAllow::Kind::name:
      return name == rule.host;
    case ProbeAllow::Kind::suffix:
      return name.size() > rule.host.size() && name.ends_with(rule.host);
  }
  return false;
}

bool is_host(const ip::address& address) {
  const bool is_broadcast = address.is_v4() && address.to_v4() == ip::address_v4::broadcast();
  return !address.is_unspecified() && !address.is_multicast() && !is_broadcast;
}

}  // namespace

std::vector<ProbeAllow> allow_rules(const std::vector<std::string>& entries) {
  std::vector<ProbeAllow> rules;
  for (const auto& entry : entries) {
    ProbeAllow rule;
    std::string ignored;
    if (config::parse_probe_allow(entry, rule, ignored)) rules.push_back(std::move(rule));
  }
  return rules;
}

bool in_networks(const ip::address& address, std::uint16_t port, const std::vector<ProbeAllow>& rules) {
  const ip::address host = normalised(address);
  if (!is_host(host)) return false;
  return std::any_of(rules.begin(), rules.end(),
                     [&](const ProbeAllow& rule) { return has_port(rule, port) && has_address(rule, host); });
}

Permission permission_for(const config::TargetSettings& target, const std::vector<ProbeAllow>& rules) {
  if (target.host_is_literal) {
    return in_networks(ip::make_address(target.host), target.port, rules) ? Permission::granted
                                                                          : Permission::refused;
  }
  bool some_network = false;
  for (const auto& rule : rules) {
    if (!has_port(rule, target.port)) continue;
    if (has_name(rule, target.host)) return Permission::granted;
    some_network = some_network || rule.kind == ProbeAllow::Kind::network;
  }
  return some_network ? Permission::into_networks : Permission::refused;
}

}  // namespace rdpwatch::on_demand
