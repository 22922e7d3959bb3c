#include "probes/handshake/ladder.hpp"

#include <algorithm>

#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::handshake {

std::optional<std::uint32_t> next_requested_protocols(FailureReason reason,
                                                      std::span<const std::uint32_t> asked) {
  std::uint32_t mask = 0;
  if (reason == FailureReason::ssl_required_by_server) {
    mask = wire::protocol::kSsl;
  } else if (reason == FailureReason::ssl_not_allowed_by_server) {
    mask = wire::protocol::kRdp;
  } else if (reason == FailureReason::hybrid_required_by_server) {
    mask = wire::protocol::kSsl | wire::protocol::kHybrid | wire::protocol::kHybridEx;
  } else {
    return std::nullopt;
  }
  if (std::ranges::find(asked, mask) != asked.end()) return std::nullopt;
  return mask;
}

}  // namespace rdpwatch::handshake
