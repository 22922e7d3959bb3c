#pragma once
// NTLM messages (MS-NLMP) as far as a probe without credentials goes: the NEGOTIATE it sends and the
// CHALLENGE in which the server names itself. Neither is a logon attempt; only an AUTHENTICATE would be.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "probes/wire/decode_result.hpp"

namespace rdpwatch::wire {

/// Bits of NegotiateFlags (MS-NLMP 2.2.2.5) that a decoder or a reader of its result looks at.
namespace ntlm_flag {
inline constexpr std::uint32_t kUnicode = 0x00000001;
inline constexpr std::uint32_t kTargetTypeDomain = 0x00010000;  ///< the host is a member of a domain
inline constexpr std::uint32_t kTargetTypeServer = 0x00020000;  ///< the host is on its own, in a workgroup
inline constexpr std::uint32_t kTargetInfo = 0x00800000;
inline constexpr std::uint32_t kVersion = 0x02000000;
}  // namespace ntlm_flag

/// Longest name that is taken, in UTF-16 code units: what DNS allows.
inline constexpr std::size_t kMaxNtlmName = 255;
/// Most AV_PAIRs that are read; the specification has eleven kinds, each of which occurs once.
inline constexpr std::size_t kMaxAvPairs = 64;

/// VERSION (MS-NLMP 2.2.2.10) without its reserved part.
struct NtlmVersion {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;
  std::uint16_t build = 0;
  bool operator==(const NtlmVersion&) const = default;
};

/// What a CHALLENGE (MS-NLMP 2.2.1.2) said of its host. Names are valid UTF-8 without control characters, at
/// most kMaxNtlmName UTF-16 code units long; one that the host did not send is empty.
struct NtlmChallenge {
  std::uint32_t flags = 0;
  std::string target_name;
  std::string netbios_computer;
  std::string netbios_domain;
  std::string dns_computer;
  std::string dns_domain;
  std::string dns_tree;                ///< the forest
  std::optional<NtlmVersion> version;  ///< only when the flags say that it is valid
  std::optional<std::uint32_t> av_flags;
  /// The host's clock. Absent too when it stands before 1970 or beyond what system_clock holds (2262).
  std::optional<std::chrono::system_clock::time_point> timestamp;
};

/// A NEGOTIATE without names (40 bytes) that calls itself 10.0.17763, as common scanners do.
std::vector<std::uint8_t> encode_ntlm_negotiate();

/// Finds the CHALLENGE inside a whole negoToken, whether it stands there bare or wrapped in SPNEGO, and
/// decodes it; it never asks for more. `foreign` when the token holds no NTLM message, `unexpected` when it
/// is another one than a CHALLENGE, `malformed` when it ends before its server challenge, a field or pair
/// reaches beyond its end, or a bound above is exceeded.
DecodeResult<NtlmChallenge> decode_ntlm_challenge(std::span<const std::uint8_t> token);

}  // namespace rdpwatch::wire
