#pragma once
// Client Info (MS-RDPBCGR 2.2.1.11): what a client says of its user. A probe names no user and sends no
// password.

#include <cstdint>
#include <vector>

namespace rdpwatch::wire {

/// The data of a SendDataRequest on the I/O channel: a basic security header with SEC_INFO_PKT (within TLS
/// nothing is encrypted) and TS_INFO_PACKET with empty domain, user name, password, shell and directory. It
/// asks for no automatic logon.
std::vector<std::uint8_t> encode_client_info();

}  // namespace rdpwatch::wire
