#pragma once
// Who may be probed that is not in the inventory: web.probe.allow. Pure functions.

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "config/probe_allow.hpp"
#include "config/settings.hpp"

namespace rdpwatch::on_demand {

/// The entries of web.probe.allow, which the configuration has checked.
std::vector<config::ProbeAllow> allow_rules(const std::vector<std::string>& entries);

enum class Permission : std::uint8_t {
  granted,        ///< whatever the name resolves to
  into_networks,  ///< a name that no entry names: only to those of its addresses that in_networks() allows
  refused
};

Permission permission_for(const config::TargetSettings& target, const std::vector<config::ProbeAllow>& rules);

/// Whether a network among the rules has this address and port. 0.0.0.0, ::, multicast and broadcast never
/// are.
bool in_networks(const boost::asio::ip::address& address, std::uint16_t port,
                 const std::vector<config::ProbeAllow>& rules);

}  // namespace rdpwatch::on_demand
