// parse_target and target_name of settings.hpp: one spelling for each endpoint, so that equal targets compare
// equal.

#include <algorithm>
#include <string_view>

#include "config/address.hpp"
#include "config/settings.hpp"
#include "config/text.hpp"

namespace rdpwatch::config {

namespace {

constexpr std::size_t kLongestName = 253;  // RFC 1035, without the root's dot
constexpr std::size_t kLongestLabel = 63;
constexpr const char* kAllowed = ", allowed: host, host:port, an IP address or [IPv6]:port";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Underscores are no part of a host name by RFC 952, but Windows computers have them.
bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
}

/// What is wrong with a lower-case host name; empty when nothing is.
std::string fault_of_name(const std::string& name) {
  if (name.size() > kLongestName) return "a host name has at most 253 characters";
  std::string_view rest = name;
  std::string_view label;
  while (!rest.empty()) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    label = rest.substr(0, dot);
    rest.remove_prefix(std::min(dot + 1, rest.size()));
    if (label.empty()) return "a host name has no empty label between dots";
    if (label.size() > kLongestLabel) return "a label of a host name has at most 63 characters";
    if (label.front() == '-' || label.back() == '-')
      return "a label of a host name does not begin or end with -";
    for (char c : label) {
      if (is_name_character(c)) continue;
      if (static_cast<unsigned char>(c) >= 0x80) return "an international name is written in its xn-- form";
      return quoted(std::string_view(&c, 1)) + " is not allowed in a host name";
    }
  }
  if (std::all_of(label.begin(), label.end(), is_digit)) return "it ends in a number and is no IPv4 address";
  return "";
}

/// Cuts "host:port", "[v6]:port", "[v6]" or a bare IPv6 literal; false when the brackets don't match up.
bool split(const std::string& text, std::string& host, std::string& port, bool& has_port, bool& bracketed) {
  has_port = bracketed = false;
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string::npos) return false;
    host = text.substr(1, end - 1);
    bracketed = true;
    if (end + 1 == text.size()) return true;
    if (text[end + 1] != ':') return false;
    port = text.substr(end + 2);
    has_port = true;
    return true;
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || text.find(':', colon + 1) != std::string::npos) {
    host = text;
    return true;
  }
  host = text.substr(0, colon);
  port = text.substr(colon + 1);
  has_port = true;
  return true;
}

}  // namespace

bool parse_target(const std::string& text, TargetSettings& target, std::string& why) {
  const auto fail = [&](const std::string& fault) {
    why = "target " + quoted(text) + ": " + fault + kAllowed;
    return false;
  };
  if (text.find('/') != std::string::npos) return fail("it is no URL, '/' is not allowed");
  std::string host, port_text;
  bool has_port = false, bracketed = false;
  if (!split(text, host, port_text, has_port, bracketed))
    return fail("the brackets do not enclose an IPv6 address");
  int port = 3389;
  if (has_port && !parse_port(port_text, port)) return fail("the port is not a number from 1 to 65535");

  std::string canonical;
  const bool is_literal = canonical_address(host, canonical);
  const bool has_colon = host.find(':') != std::string::npos;
  if (host.find('%') != std::string::npos) return fail("addresses with a zone (%) are not supported");
  if (bracketed && !(is_literal && has_colon)) return fail("the brackets do not enclose an IPv6 address");
  if (has_colon && !is_literal) return fail("it is not an IPv6 address");
  if (!is_literal) {
    std::transform(host.begin(), host.end(), host.begin(), lower);
    if (host.size() > 1 && host.back() == '.') host.pop_back();
    if (host.empty()) return fail("the host is empty");
    const std::string fault = fault_of_name(host);
    if (!fault.empty()) return fail(fault);
    canonical = host;
  }
  target.host = canonical;
  target.host_is_literal = is_literal;
  target.port = static_cast<std::uint16_t>(port);
  return true;
}

std::string target_name(const TargetSettings& target) {
  const bool brackets = target.host.find(':') != std::string::npos;
  return (brackets ? "[" + target.host + "]" : target.host) + ":" + std::to_string(target.port);
}

}  // namespace rdpwatch::config
