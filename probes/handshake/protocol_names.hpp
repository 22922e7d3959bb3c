#pragma once
// The names that JSON and labels use for the security protocols of RDP negotiation (MS-RDPBCGR 2.2.1.1.1).

#include <cstdint>
#include <string_view>
#include <vector>

namespace rdpwatch::handshake {

/// Name of one selectedProtocol: "rdp" (0), "ssl", "hybrid", "rdstls", "hybrid_ex", "rdsaad"; "unknown" for a
/// value that the specification does not list.
std::string_view protocol_name(std::uint32_t selected);

/// Names of the bits of a requestedProtocols mask, lowest first; "rdp" for an empty mask. Unknown bits have
/// no name.
std::vector<std::string_view> protocol_names(std::uint32_t requested);

}  // namespace rdpwatch::handshake
