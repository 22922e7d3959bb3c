#pragma once
// X.224 class 0 TPDUs of the connection phase (ITU-T X.224 section 13; MS-RDPBCGR 2.2.1.1 and 2.2.1.2).

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "probes/wire/decode_result.hpp"
#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::wire {

/// No Connection Confirm is longer: the length indicator of a TPDU is at most 254 (X.224 section 13.2.1).
inline constexpr std::size_t kMaxConnectionConfirm = 4 + 1 + 254;

/// A Connection Request in its TPKT. `cookie` becomes "Cookie: mstshash=COOKIE\r\n"; an empty one is left
/// out. Only printable ASCII without CR and LF may be in it, at most 200 bytes.
std::vector<std::uint8_t> encode_connection_request(std::string_view cookie,
                                                    std::uint32_t requested_protocols);

struct ConnectionConfirm {
  std::uint16_t source_reference = 0;
  NegotiationAnswer negotiation;
};

/// Decodes one whole TPKT (as frame_tpkt delimited it). `unexpected` when it holds another TPDU; `foreign`
/// when it is that of another protocol over TPKT (H.323's Q.931).
DecodeResult<ConnectionConfirm> decode_connection_confirm(std::span<const std::uint8_t> tpkt);

}  // namespace rdpwatch::wire
