#pragma once
// RDP negotiation data inside X.224 Connection Request and Confirm: RDP_NEG_REQ, RDP_NEG_RSP and
// RDP_NEG_FAILURE (MS-RDPBCGR 2.2.1.1.1, 2.2.1.2.1, 2.2.1.2.2).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "probes/wire/decode_result.hpp"

namespace rdpwatch::wire {

/// requestedProtocols and selectedProtocol (MS-RDPBCGR 2.2.1.1.1). PROTOCOL_RDP is the absence of bits.
namespace protocol {
inline constexpr std::uint32_t kRdp = 0x00;
inline constexpr std::uint32_t kSsl = 0x01;
inline constexpr std::uint32_t kHybrid = 0x02;
inline constexpr std::uint32_t kRdstls = 0x04;
inline constexpr std::uint32_t kHybridEx = 0x08;
inline constexpr std::uint32_t kRdsaad = 0x10;
}  // namespace protocol

/// failureCode (MS-RDPBCGR 2.2.1.2.2). A code that the specification does not list keeps its number.
enum class NegotiationFailureCode : std::uint32_t {
  ssl_required_by_server = 1,
  ssl_not_allowed_by_server = 2,
  ssl_cert_not_on_server = 3,
  inconsistent_flags = 4,
  hybrid_required_by_server = 5,
  ssl_with_user_auth_required_by_server = 6,
};

struct NegotiationResponse {
  std::uint8_t flags = 0;
  std::uint32_t selected_protocol = 0;
  bool operator==(const NegotiationResponse&) const = default;
};

struct NegotiationFailure {
  std::uint32_t code = 0;
  bool operator==(const NegotiationFailure&) const = default;
};

/// A Connection Confirm without negotiation data: the server does not know of negotiation (PROTOCOL_RDP).
struct NoNegotiation {
  bool operator==(const NoNegotiation&) const = default;
};

using NegotiationAnswer = std::variant<NoNegotiation, NegotiationResponse, NegotiationFailure>;

/// Appends an RDP_NEG_REQ (8 bytes, no flags).
std::vector<std::uint8_t> encode_negotiation_request(std::uint32_t requested_protocols);

/// Decodes the variable part of a Connection Confirm; bytes behind the structure are tolerated.
DecodeResult<NegotiationAnswer> decode_negotiation_answer(std::span<const std::uint8_t> bytes);

}  // namespace rdpwatch::wire
