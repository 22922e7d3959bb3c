#pragma once
// GCC (ITU-T T.124): the data blocks of client and host inside MCS Connect-Initial and Connect-Response
// (MS-RDPBCGR 2.2.1.3.2 to 2.2.1.4.4).

#include <cstdint>
#include <span>

#include "tests/sim/mcs.hpp"

namespace rdpwatch::sim {

/// A length as aligned PER writes it: one byte below 128, two above.
Bytes per_length(std::size_t size);
/// What stands behind a PER length that is exactly as long as it says; empty otherwise.
std::span<const std::uint8_t> per_content(std::span<const std::uint8_t> bytes);

/// A ConferenceCreateRequest.
ConnectInitialResult decode_conference_create(std::span<const std::uint8_t> user_data);

/// A ConferenceCreateResponse with SC_CORE, SC_NET and this SC_SECURITY.
Bytes conference_response(const SessionSpec& spec, std::uint32_t requested, std::size_t channels,
                          const Bytes& security);

/// SC_SECURITY within TLS: method and level 0.
Bytes no_security();
/// SC_SECURITY of standard RDP security; with a method other than 0 it has a server random and a certificate.
Bytes standard_security(const SessionSpec& spec);
/// A proprietary certificate (MS-RDPBCGR 2.2.1.4.3.1.1) whose modulus and signature are noise.
Bytes proprietary_certificate(std::uint32_t key_bits);

}  // namespace rdpwatch::sim
