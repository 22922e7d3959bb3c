#pragma once
// The server's side of MS-RDPBCGR 2.2.1.1 and 2.2.1.2, on its own: a simulator that shared the decoder with
// the code under test would share its mistakes.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

inline constexpr std::size_t kTpktHeaderSize = 4;
/// The longest Connection Request that is read: X.224's LI has one byte.
inline constexpr std::size_t kMaxRequestSize = 5 + 254;

struct ConnectionRequest {
  std::string cookie;  ///< behind "Cookie: mstshash=", or the whole line of a routing token; empty: none
  std::optional<std::uint32_t> requested_protocols;  ///< nothing: no RDP_NEG_REQ
};

/// The length that a TPKT header announces; nothing if it is none or too long for a Connection Request.
std::optional<std::size_t> request_size(std::span<const std::uint8_t> header);

/// The whole TPKT. Nothing for anything that is not a well-formed Connection Request.
std::optional<ConnectionRequest> decode_request(std::span<const std::uint8_t> tpkt);

/// Whether the host closes without an answer.
bool drops(const Negotiation& negotiation, const ConnectionRequest& request);

/// What the host answers, and how the connection goes on.
struct Answer {
  Bytes bytes;
  bool failure = false;        ///< an RDP_NEG_FAILURE: the host closes next
  std::uint32_t selected = 0;  ///< without failure; 0: standard RDP security, no TLS
};
Answer answer(const Negotiation& negotiation, const ConnectionRequest& request);

}  // namespace rdpwatch::sim
