#pragma once
// The messages of NLA from the host's side: TSRequest (MS-CSSP 2.2.1), SPNEGO around its tokens (RFC 4178)
// and NTLM within them (MS-NLMP).

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

/// The longest TSRequest that is read; a NEGOTIATE needs some dozens of bytes.
inline constexpr std::size_t kMaxTsRequest = 16384;

/// How long the TSRequest is that starts the bytes; 0: not known yet. Nothing if none starts there, or one
/// that is too long.
std::optional<std::size_t> ts_request_size(std::span<const std::uint8_t> bytes);

/// The client's first TSRequest: an NTLM NEGOTIATE, bare or in a SPNEGO NegTokenInit.
struct NlaNegotiate {
  std::uint32_t version = 0;  ///< of CredSSP
  bool spnego = false;
};
/// The whole TSRequest. Nothing for anything else, and for one that carries more than a NEGOTIATE.
std::optional<NlaNegotiate> decode_negotiate(std::span<const std::uint8_t> ts_request);

/// The NTLM CHALLENGE of the host with this address at this time.
Bytes ntlm_challenge(const NlaSpec& spec, const std::string& address,
                     std::chrono::system_clock::time_point now);

/// A NegTokenResp, accept-incomplete, that chooses NTLM and carries this message.
Bytes spnego_response(const Bytes& ntlm_message);
/// A NegTokenResp that refuses every mechanism.
Bytes spnego_reject();

/// A TSRequest with this negoToken, with this errorCode, or with its version alone.
Bytes ts_request(std::uint8_t version, const Bytes& token);
Bytes ts_request_with_error(std::uint8_t version, std::uint32_t status);
Bytes ts_request_without_token(std::uint8_t version);
/// A TSRequest that is as long as it says, but whose negoTokens claim more than that.
Bytes malformed_ts_request(std::uint8_t version);

/// How many NTLM AUTHENTICATE messages start in the bytes. Those that are counted, and whatever can't be the
/// beginning of another one, are taken off them.
std::size_t take_authenticates(Bytes& bytes);

}  // namespace rdpwatch::sim
