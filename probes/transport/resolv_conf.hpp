#pragma once
// ResolvConf: what of resolv.conf(5) matters here. Pure functions.

#include <boost/asio/ip/udp.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::transport {

struct ResolvConf {
  std::vector<boost::asio::ip::udp::endpoint> servers;  ///< never empty; at most 8
  std::vector<std::string> search;                      ///< at most 32
  int ndots = 1;                                        ///< 0 to 15
};

/// "ip", "ip:port", "[v6]" or "[v6]:port", the port by default 53; nothing for anything else.
std::optional<boost::asio::ip::udp::endpoint> parse_nameserver(std::string_view text);

/// `nameserver`, `search`, `domain` and the option `ndots`; lines that can't be read are skipped, as the
/// system's own resolver does. Without a nameserver 127.0.0.1 is one; without a search list it is the domain
/// of `own_host_name`. The options timeout, attempts, rotate and use-vc are not followed: a probe has its own
/// bounds.
ResolvConf parse_resolv_conf(std::string_view text, std::string_view own_host_name);

}  // namespace rdpwatch::transport
