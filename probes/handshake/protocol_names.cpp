#include "probes/handshake/protocol_names.hpp"

#include <array>

#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::handshake {
namespace {

struct ProtocolRow {
  std::uint32_t bit;
  std::string_view name;
};

constexpr std::array kProtocols{
    ProtocolRow{wire::protocol::kRdp, "rdp"},
    ProtocolRow{wire::protocol::kSsl, "ssl"},
    ProtocolRow{wire::protocol::kHybrid, "hybrid"},
    ProtocolRow{wire::protocol::kRdstls, "rdstls"},
    ProtocolRow{wire::protocol::kHybridEx, "hybrid_ex"},
    ProtocolRow{wire::protocol::kRdsaad, "rdsaad"},
};

}  // namespace

std::string_view protocol_name(std::uint32_t selected) {
  for (const auto& row : kProtocols) {
    if (row.bit == selected) return row.name;
  }
  return "unknown";
}

std::vector<std::string_view> protocol_names(std::uint32_t requested) {
  if (requested == wire::protocol::kRdp) return {protocol_name(requested)};
  std::vector<std::string_view> names;
  for (const auto& row : kProtocols) {
    if ((requested & row.bit) != 0) names.push_back(row.name);
  }
  return names;
}

}  // namespace rdpwatch::handshake
