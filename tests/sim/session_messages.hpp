#pragma once
// What goes over the I/O channel once it is joined: the client's Client Info (MS-RDPBCGR 2.2.1.11), and the
// host's licensing (MS-RDPBCGR 2.2.1.12, MS-RDPELE), auto-detection, Set Error Info and Demand Active. All
// without encryption.

#include <cstdint>
#include <span>
#include <string>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

/// What is wrong with the Client Info in the data of a SendDataRequest; empty if nothing. A user name, a
/// password and a wish for automatic logon are wrong.
std::string complaint_about_client_info(std::span<const std::uint8_t> data);
/// Whether the data is the answer to an auto-detect request.
bool is_autodetect_response(std::span<const std::uint8_t> data);

/// MS-RDPBCGR 2.2.1.12.1.3: dwErrorCode.
inline constexpr std::uint32_t kNoLicense = 2;
inline constexpr std::uint32_t kNoLicenseServer = 6;
inline constexpr std::uint32_t kValidClient = 7;
inline constexpr std::uint32_t kInvalidClient = 8;

/// Each is the data of one SendDataIndication.
Bytes license_alert(std::uint32_t code);
Bytes malformed_license_alert();
Bytes license_request();
Bytes platform_challenge();
Bytes rtt_measure_request();
Bytes set_error_info(std::uint32_t code);
Bytes demand_active();

}  // namespace rdpwatch::sim
