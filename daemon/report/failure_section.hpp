#pragma once
// The part of the text output that explains a failure, and the part that says what to run next.

#include <string>

#include "daemon/report/text_style.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

/// Reason, detail and the code that a client's user would see.
std::string failure_section(const TextStyle& style, const handshake::Failure& failure);

/// Commands, and what to look for in what they print.
std::string next_section(const TextStyle& style, const std::string& target,
                         const handshake::Failure& failure);

/// "ts09" of "ts09:3389", "fe80::1" of "[fe80::1]:3389", with the port. A text of another form is all host.
struct HostAndPort {
  std::string host;
  std::uint16_t port = 3389;
};
HostAndPort split_target(const std::string& target);

}  // namespace rdpwatch::report
