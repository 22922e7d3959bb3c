#pragma once
// TPKT, the framing of X.224 over TCP (RFC 1006 section 6, T.123 section 8).

#include <cstdint>
#include <span>
#include <vector>

#include "probes/wire/decode_result.hpp"

namespace rdpwatch::wire {

inline constexpr std::uint8_t kTpktVersion = 3;       ///< RFC 1006 section 6
inline constexpr std::size_t kTpktHeaderLength = 4;   ///< RFC 1006 section 6
inline constexpr std::size_t kTpktMinimumLength = 7;  ///< the header and the smallest TPDU

/// Total length of the TPKT that starts at bytes[0], its header included, once all of it is there. `foreign`
/// when the first byte is not a TPKT version; `oversized` above `max_length`; both are seen as early as
/// possible.
DecodeResult<std::size_t> frame_tpkt(std::span<const std::uint8_t> bytes, std::size_t max_length);

/// Puts a TPKT header in front. `tpdu` is at most 65531 bytes.
std::vector<std::uint8_t> encode_tpkt(std::span<const std::uint8_t> tpdu);

}  // namespace rdpwatch::wire
