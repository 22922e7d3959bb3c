#include "config/address.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace rdpwatch::config {

bool canonical_address(const std::string& text, std::string& canonical) {
  if (text.find('\0') != std::string::npos) return false;  // inet_pton() would not see what comes after it.
  unsigned char bytes[sizeof(in6_addr)];
  char out[INET6_ADDRSTRLEN];
  for (const int family : {AF_INET, AF_INET6}) {
    if (::inet_pton(family, text.c_str(), bytes) != 1) continue;
    if (::inet_ntop(family, bytes, out, sizeof out) == nullptr) return false;
    canonical = out;
    return true;
  }
  return false;
}

bool parse_port(const std::string& text, int& port) {
  const char* end = text.data() + text.size();
  const std::from_chars_result parsed = std::from_chars(text.data(), end, port);
  return parsed.ec == std::errc() && parsed.ptr == end && port >= 1 && port <= 65535;
}

bool is_nameserver(const std::string& text) {
  std::string canonical;
  int port = 0;
  if (canonical_address(text, canonical)) return true;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || !parse_port(text.substr(colon + 1), port)) return false;
  std::string host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  // Brackets are for IPv6 and only for it.
  return canonical_address(host, canonical) && bracketed == (host.find(':') != std::string::npos);
}

}  // namespace rdpwatch::config
