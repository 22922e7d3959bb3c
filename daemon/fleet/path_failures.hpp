#pragma once
// Path failures: hosts that share a site, a subnet or a group and went down together are one finding about
// what they share, not a finding each. And the widest thing that all probes share is ourselves: when most of
// the fleet goes down at once, the prober is blind. Thread-safe: pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::fleet {

/// In the order in which one is believed where they explain equally many failures: a path leads to a site and
/// to a subnet, a group is only a name for hosts.
enum class PathScope : std::uint8_t { site, subnet, group };
std::string_view name(PathScope scope);

/// Members of a finding that are listed; all of them count.
inline constexpr std::size_t kListedMembers = 100;

struct PathFailure {
  PathScope scope;
  std::string name;         ///< of the site (inventory label `site`), the subnet ("10.1.2.0/24") or the group
  WallTime since;           ///< when the first of them was seen failing
  std::size_t members = 0;  ///< that went down together
  std::size_t still_up = 0;           ///< that share the scope and are up all the same
  std::vector<EndpointKey> listed;    ///< the first kListedMembers of them, in order
  std::vector<std::uint64_t> hashes;  ///< hash_of() of all of them, sorted
};

/// Identity of an endpoint in a list of many: eight bytes instead of two strings. Differs from process to
/// process.
std::uint64_t hash_of(const EndpointKey& key);

/// The scopes all of whose members went down together: all of at least 3, or 90 % of at least 10. Members
/// that were never up, and those that have been failing since long before, count neither way. A scope whose
/// failures are all explained by one with more of them is left out. The most members first.
std::vector<PathFailure> path_failures(const std::vector<StatePtr>& fleet);

/// Whether so much went down at once that it must be us: more than half of at least 3 groups (of at least 2
/// members) lost three quarters of their members together; where there are fewer groups, all of at least 5
/// endpoints. `paths` are those of the same fleet: where one site or subnet explains everything, and
/// something outside it is up, it is not us.
bool is_prober_blind(const std::vector<StatePtr>& fleet, const std::vector<PathFailure>& paths);

}  // namespace rdpwatch::fleet
