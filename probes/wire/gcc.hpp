#pragma once
// GCC (ITU-T T.124): the conference data inside MCS Connect-Initial and Connect-Response, in which client and
// server settle the security of the session (MS-RDPBCGR 2.2.1.3.2 to 2.2.1.4.5).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "probes/wire/decode_result.hpp"
#include "probes/wire/server_certificate.hpp"

namespace rdpwatch::wire {

/// encryptionMethods and encryptionMethod (MS-RDPBCGR 2.2.1.3.3, 2.2.1.4.3). None: 0.
namespace encryption_method {
inline constexpr std::uint32_t k40Bit = 0x01;
inline constexpr std::uint32_t k128Bit = 0x02;
inline constexpr std::uint32_t k56Bit = 0x08;
inline constexpr std::uint32_t kFips = 0x10;
inline constexpr std::uint32_t kAll = k40Bit | k128Bit | k56Bit | kFips;
}  // namespace encryption_method

/// What a probe says of itself. No virtual channels are ever asked for.
struct ClientData {
  std::uint32_t selected_protocol = 0;   ///< serverSelectedProtocol: what the Connection Confirm said
  std::uint32_t encryption_methods = 0;  ///< 0 within TLS
  std::string name = "rdpwatch";         ///< ASCII, at most 15 characters
};

/// A GCC ConferenceCreateRequest with CS_CORE (216 bytes, up to serverSelectedProtocol, earlyCapabilityFlags
/// = ERRINFO_PDU), CS_CLUSTER and CS_SECURITY.
std::vector<std::uint8_t> encode_conference_create_request(const ClientData& client);

struct ServerCore {
  std::uint32_t version = 0;  ///< 0x00080004: RDP 5.0 to 8.1, above that 10.x
  /// What the server says that the client asked for in its Connection Request.
  std::optional<std::uint32_t> client_requested_protocols;
  std::optional<std::uint32_t> early_capability_flags;
};

struct ServerSecurity {
  std::uint32_t encryption_method = 0;
  std::uint32_t encryption_level = 0;  ///< 0 none, 1 low, 2 client compatible, 3 high, 4 FIPS
  std::optional<ServerCertificate> certificate;
};

struct ServerNetwork {
  std::uint16_t io_channel = 0;
  std::vector<std::uint16_t> channels;
};

struct ServerData {
  ServerCore core;
  ServerSecurity security;
  std::optional<ServerNetwork> network;
};

/// Decodes the user data of a Connect-Response; never asks for more. Blocks may stand in any order; unknown
/// ones are skipped. `malformed` without SC_CORE or SC_SECURITY, and for every length that contradicts what
/// holds it.
DecodeResult<ServerData> decode_conference_create_response(std::span<const std::uint8_t> user_data);

/// "10.12", "5.0 to 8.1": the RDP version of ServerCore::version (MS-RDPBCGR 2.2.1.4.2); hex digits for an
/// unknown one.
std::string describe_rdp_version(std::uint32_t version);
/// "none", "40-bit RC4", "128-bit RC4", "56-bit RC4", "FIPS", or hex digits.
std::string describe_encryption_method(std::uint32_t method);
/// "none", "low", "client_compatible", "high", "fips", or the number.
std::string describe_encryption_level(std::uint32_t level);

}  // namespace rdpwatch::wire
