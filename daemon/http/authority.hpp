#pragma once
// host, host:port and [v6]:port as they stand in a Host header and in URLs. Pure functions.

#include <optional>
#include <string>
#include <string_view>

namespace rdpwatch::http {

/// Whether `text` is a host name of letters, digits, - and _, an IPv4 literal or an IPv6 literal in brackets,
/// of at most 253 characters, with or without a port from 1 to 65535, and nothing else: it may go into
/// answers.
bool is_authority(std::string_view text);

struct WebUrl {
  std::string scheme;     ///< "http" or "https"
  std::string authority;  ///< host or host:port
  std::string path;       ///< "/rdpwatch"; empty when there is none; without / at the end
};

/// "https://rdp.example.com/rdpwatch". Nothing for anything else, one with a user, a query or a fragment
/// included.
std::optional<WebUrl> parse_web_url(std::string_view text);

}  // namespace rdpwatch::http
