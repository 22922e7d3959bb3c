#include "config/probe_allow.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "config/address.hpp"
#include "config/settings.hpp"
#include "config/text.hpp"

namespace rdpwatch::config {
namespace {

constexpr const char* kAllowed =
    ", allowed: a network (10.0.0.0/8, 2001:db8::/32), an address, a host name or *.suffix, each with :port "
    "or "
    ":port-port if need be ([2001:db8::/32]:3390)";

struct Pieces {
  std::string host;
  std::string ports;
  bool has_ports = false;
  bool bracketed = false;
};

/// What is wrong with it; empty when nothing is.
std::string split(const std::string& text, Pieces& pieces) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string::npos) return "the bracket is not closed";
    pieces.bracketed = true;
    pieces.host = text.substr(1, end - 1);
    if (end + 1 == text.size()) return "";
    if (text[end + 1] != ':') return "behind the bracket comes nothing but :port";
    pieces.ports = text.substr(end + 2);
    pieces.has_ports = true;
    return "";
  }
  const auto colon = text.find(':');
  const bool is_ipv6 = colon != std::string::npos && text.find(':', colon + 1) != std::string::npos;
  pieces.host = is_ipv6 ? text : text.substr(0, colon);
  pieces.has_ports = colon != std::string::npos && !is_ipv6;
  if (pieces.has_ports) pieces.ports = text.substr(colon + 1);
  return "";
}

std::string read_ports(const std::string& text, ProbeAllow& allow) {
  const auto dash = text.find('-');
  int first = 0;
  int last = 0;
  if (!parse_port(text.substr(0, dash), first) ||
      !parse_port(dash == std::string::npos ? text : text.substr(dash + 1), last))
    return "a port is a number from 1 to 65535";
  if (first > last) return "the first port is above the last one";
  allow.first_port = static_cast<std::uint16_t>(first);
  allow.last_port = static_cast<std::uint16_t>(last);
  return "";
}

/// The address of the network that `address` is in.
std::string network_address(const std::string& address, int prefix) {
  const int family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  ::inet_pton(family, address.c_str(), bytes.data());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int kept = std::clamp(prefix - static_cast<int>(8 * i), 0, 8);
    bytes[i] = static_cast<unsigned char>(bytes[i] & (0xFF00 >> kept));
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(family, bytes.data(), text.data(), text.size());
  return text.data();
}

std::string read_network(const std::string& host, ProbeAllow& allow) {
  const auto slash = host.find('/');
  if (!canonical_address(host.substr(0, slash), allow.host)) return "there is no IP address in it";
  const int most = allow.host.find(':') == std::string::npos ? 32 : 128;
  allow.kind = ProbeAllow::Kind::network;
  allow.prefix = most;
  if (slash == std::string::npos) return "";
  const std::string length = host.substr(slash + 1);
  const char* const end = length.data() + length.size();
  const auto parsed = std::from_chars(length.data(), end, allow.prefix);
  if (parsed.ec != std::errc() || parsed.ptr != end || allow.prefix < 0 || allow.prefix > most)
    return "the network's length is not a number from 0 to " + std::to_string(most);
  const std::string network = network_address(allow.host, allow.prefix);
  if (network != allow.host) {
    return "the address has bits behind the network's length (did you mean " +
           quoted(network + "/" + std::to_string(allow.prefix)) + "?)";
  }
  return "";
}

std::string read_name(const std::string& host, ProbeAllow& allow) {
  const bool is_suffix = host.starts_with("*.");
  TargetSettings name;
  std::string why;
  const std::string rest = is_suffix ? host.substr(2) : host;
  if (rest.find('*') != std::string::npos)
    return "* stands only for what is before the first dot, as in *.suffix";
  if (!parse_target(rest, name, why) || name.host_is_literal)
    return "it is neither an address nor a host name";
  allow.kind = is_suffix ? ProbeAllow::Kind::suffix : ProbeAllow::Kind::name;
  allow.host = is_suffix ? "." + name.host : name.host;
  return "";
}

std::string read(const std::string& text, ProbeAllow& allow) {
  Pieces pieces;
  std::string fault = split(text, pieces);
  if (fault.empty() && pieces.has_ports) fault = read_ports(pieces.ports, allow);
  if (!fault.empty()) return fault;
  std::string ignored;
  const bool is_network =
      pieces.host.find('/') != std::string::npos || canonical_address(pieces.host, ignored);
  if (pieces.bracketed && pieces.host.find(':') == std::string::npos) return "brackets are for IPv6 only";
  if (is_network || pieces.bracketed) return read_network(pieces.host, allow);
  return read_name(pieces.host, allow);
}

}  // namespace

bool parse_probe_allow(const std::string& text, ProbeAllow& allow, std::string& why) {
  allow = {};
  const std::string fault = read(text, allow);
  if (!fault.empty()) why = quoted(text) + ": " + fault + kAllowed;
  return fault.empty();
}

}  // namespace rdpwatch::config
