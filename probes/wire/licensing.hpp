#pragma once
// The licensing exchange (MS-RDPELE, MS-RDPBCGR 2.2.1.12) as far as a probe without a licence store follows
// it: what the server says first.

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "probes/wire/decode_result.hpp"

namespace rdpwatch::wire {

/// dwErrorCode (MS-RDPBCGR 2.2.1.12.1.3).
namespace license_error {
inline constexpr std::uint32_t kNoLicense = 0x2;
inline constexpr std::uint32_t kNoLicenseServer = 0x6;
inline constexpr std::uint32_t kValidClient = 0x7;  ///< not an error: the client needs no licence
inline constexpr std::uint32_t kInvalidClient = 0x8;
}  // namespace license_error

/// Most scopes of a LICENSE_REQUEST that are kept.
inline constexpr std::size_t kMaxLicenseScopes = 8;

/// LICENSE_REQUEST (MS-RDPELE 2.2.2.1): the server hands out licences and wants to see this client's.
struct LicenseRequest {
  std::uint32_t product_version = 0;  ///< major << 16 | minor
  std::string company;                ///< safe UTF-8, as product_id and scopes
  std::string product_id;
  std::vector<std::string> scopes;
};
/// ERROR_ALERT.
struct LicenseAlert {
  std::uint32_t code = 0;
  std::uint32_t transition = 0;
};
/// Any other licensing message; `type` is bMsgType.
struct OtherLicenseMessage {
  std::uint8_t type = 0;
};

using LicenseMessage = std::variant<LicenseRequest, LicenseAlert, OtherLicenseMessage>;

/// Decodes the licensing message behind a security header; never asks for more. `malformed` for a length that
/// contradicts what holds it.
DecodeResult<LicenseMessage> decode_license_message(std::span<const std::uint8_t> bytes);

/// For people: "NO_LICENSE_SERVER (0x6)"; the number alone when it has no name.
std::string describe_license_error(std::uint32_t code);
/// For people: "PLATFORM_CHALLENGE (0x02)"; the number alone when it has no name.
std::string describe_license_message_type(std::uint8_t type);

}  // namespace rdpwatch::wire
