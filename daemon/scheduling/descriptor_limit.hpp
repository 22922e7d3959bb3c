#pragma once
// RLIMIT_NOFILE: raised as far as the system allows, and what that means for the number of connections at
// once.

#include <cstdint>
#include <string>

namespace rdpwatch::scheduling {

struct DescriptorLimit {
  std::uint64_t before = 0;  ///< soft limit at start
  std::uint64_t now = 0;     ///< soft limit after raising it to the hard one
};

/// Descriptors that are not probe connections: HTTP clients (256 that are served and 128 that are refused),
/// DNS sockets, event loops, logs, files being read.
inline constexpr std::uint64_t kReservedDescriptors = 512;

/// Raises the soft limit to the hard limit. Never fails: where raising is refused, `now` is what it was. Call
/// at start, before threads.
DescriptorLimit raise_descriptor_limit();

struct InFlightBudget {
  int max_in_flight = 1;
  std::string warning;  ///< what was lowered and why; empty when `wanted` fits
};

/// How many connections at once the limit allows: `limit` less the reserve (less half of it, if it is too
/// small for the reserve), at most `wanted`, at least 1.
InFlightBudget fit_in_flight(std::uint64_t limit, int wanted);

}  // namespace rdpwatch::scheduling
