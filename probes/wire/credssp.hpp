#pragma once
// CredSSP (MS-CSSP): the TSRequest, which carries NTLM or SPNEGO tokens inside TLS, and the Early User
// Authorization Result that follows it when HYBRID_EX was chosen.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "probes/wire/decode_result.hpp"

namespace rdpwatch::wire {

/// Longest TSRequest that is read. Windows's security tokens are at most 65535 bytes (MaxTokenSize); FreeRDP
/// sends 12329 bytes of a token that it did not fill.
inline constexpr std::size_t kMaxTsRequest = 66'000;

/// A TSRequest of this version (1 to 127) that carries one negoToken of at most 65000 bytes.
std::vector<std::uint8_t> encode_ts_request(std::uint8_t version, std::span<const std::uint8_t> nego_token);

/// What a server's TSRequest (MS-CSSP 2.2.1) said.
struct TsRequest {
  std::uint32_t version = 0;
  std::optional<std::vector<std::uint8_t>> nego_token;  ///< the first of negoTokens; may be empty
  std::optional<std::uint32_t> error_code;              ///< an NTSTATUS, see ntstatus.hpp
  bool has_pub_key_auth = false;
  bool has_client_nonce = false;  ///< FreeRDP's server sends one back, though it has received none
};

/// Decodes the TSRequest that starts at bytes[0]; bytes behind it are left alone. `foreign` when it does not
/// start as one, `oversized` above kMaxTsRequest. Fields that the specification does not list are skipped.
DecodeResult<TsRequest> decode_ts_request(std::span<const std::uint8_t> bytes);

/// Early User Authorization Result (MS-RDPBCGR 2.2.10.2).
enum class EarlyUserAuthorization : std::uint32_t { success = 0, access_denied = 5 };

inline constexpr std::size_t kEarlyUserAuthorizationLength = 4;

/// Decodes the four bytes at bytes[0]; those behind them are left alone. `malformed` for any other number.
DecodeResult<EarlyUserAuthorization> decode_early_user_authorization(std::span<const std::uint8_t> bytes);

}  // namespace rdpwatch::wire
