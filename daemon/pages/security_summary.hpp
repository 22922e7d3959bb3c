#pragma once
// The security of the fleet counted in one pass over a snapshot. A pure function: thread-safe.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/fleet/target_state.hpp"
#include "probes/handshake/security_posture.hpp"

namespace rdpwatch::pages {

/// How far a module looks, and at how many hosts it did.
struct ModuleView {
  handshake::Depth depth = handshake::Depth::tls;
  std::size_t hosts = 0;
  std::size_t negotiated = 0;  ///< whose last probe saw what was chosen
  std::size_t named = 0;       ///< that said who they are, and their build
  std::size_t audited = 0;     ///< of which an audit succeeded
  bool audits = false;         ///< whether the module asks for audits
};

/// A Windows build's numbers, so that 10.0.9200 comes before 10.0.20348; what is not numbers comes first.
std::vector<std::uint32_t> build_numbers(std::string_view build);

/// The views live as long as the snapshot.
struct SecuritySummary {
  std::array<std::size_t, handshake::kPostures.size()> postures{};  ///< by Posture
  std::map<std::string_view, std::size_t> findings;
  std::size_t expired = 0;
  std::size_t weak = 0;
  std::size_t name_mismatch = 0;
  std::size_t self_signed = 0;
  std::size_t certificates = 0;
  struct Build {
    std::string_view os_name;
    std::size_t hosts = 0;
  };
  std::map<std::string_view, Build> builds;
  std::size_t without_build = 0;
  std::map<std::string_view, ModuleView> modules;
  std::size_t audited = 0;
  std::optional<fleet::WallTime> newest_audit;
  std::optional<fleet::WallTime> oldest_audit;
};

SecuritySummary security_of(const std::vector<fleet::StatePtr>& fleet, fleet::WallTime now);

}  // namespace rdpwatch::pages
