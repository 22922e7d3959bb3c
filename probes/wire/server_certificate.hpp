#pragma once
// SERVER_CERTIFICATE (MS-RDPBCGR 2.2.1.4.3.1), which a server of standard RDP security shows.

#include <cstdint>
#include <optional>
#include <span>

#include "probes/wire/decode_result.hpp"

namespace rdpwatch::wire {

struct ServerCertificate {
  enum class Kind : std::uint8_t { proprietary, x509_chain } kind = Kind::proprietary;
  std::optional<std::uint32_t> key_bits;  ///< of a proprietary certificate; those of a chain are not decoded
  std::uint32_t chain_length = 0;         ///< certificates of a chain
};

/// Decodes a whole one; never asks for more. `malformed` for a length that contradicts what holds it.
DecodeResult<ServerCertificate> decode_server_certificate(std::span<const std::uint8_t> bytes);

}  // namespace rdpwatch::wire
