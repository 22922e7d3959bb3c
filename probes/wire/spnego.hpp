#pragma once
// SPNEGO (RFC 4178, MS-SPNG), as far as a CredSSP server wraps its answers in it.

#include <cstdint>
#include <span>

namespace rdpwatch::wire {

/// Whether the token is a NegTokenResp whose negState is `reject` (RFC 4178 section 4.2.2): no mechanism that
/// was offered is acceptable. False for everything else, malformed tokens included.
bool spnego_rejects(std::span<const std::uint8_t> token);

}  // namespace rdpwatch::wire
