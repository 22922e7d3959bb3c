#pragma once
// What a server sends on the I/O channel before a session is active: licensing (behind a basic security
// header, MS-RDPBCGR 2.2.8.1.1.2.1), Set Error Info and Demand Active (behind a share control
// header, 2.2.8.1.1.1.1). Within TLS, and with encryption method none.

#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "probes/wire/decode_result.hpp"
#include "probes/wire/licensing.hpp"

namespace rdpwatch::wire {

/// Set Error Info (MS-RDPBCGR 2.2.5.1.1). 0 is ERRINFO_NONE: nothing to report.
struct SetErrorInfo {
  std::uint32_t code = 0;
};
/// The server goes on to the session: whatever licensing it wanted is over.
struct DemandActive {};
/// The server sends the client to another one (MS-RDPBCGR 2.2.13), as a connection broker does.
struct ServerRedirection {};
/// Anything else that is well-formed; `what` names it for people.
struct OtherServerMessage {
  std::string what;
};

using ServerMessage =
    std::variant<LicenseMessage, SetErrorInfo, DemandActive, ServerRedirection, OtherServerMessage>;

/// Decodes the data of one SendDataIndication; never asks for more.
DecodeResult<ServerMessage> decode_server_message(std::span<const std::uint8_t> data);

/// For people: "ERRINFO_SERVER_DENIED_CONNECTION (0x7)"; the number alone when error_info.def does not list
/// it.
std::string describe_error_info(std::uint32_t code);

}  // namespace rdpwatch::wire
