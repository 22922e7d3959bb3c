#pragma once
// What to run first when a probe failed: one command, where to run it and what to look for in its output.

#include <cstdint>
#include <string>
#include <string_view>

#include "probes/handshake/taxonomy.hpp"

namespace rdpwatch::report {

struct FirstCheck {
  std::string_view where;  ///< "here", or "on the host, in an elevated PowerShell"
  std::string command;
  std::string_view look_for;
};

/// `host` and `port` are put into the command; `host` is a name or an address without brackets.
FirstCheck first_check(handshake::Phase phase, handshake::FailureReason reason, std::string_view host,
                       std::uint16_t port);

}  // namespace rdpwatch::report
