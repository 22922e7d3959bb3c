#pragma once
// A certificate's SHA-256 fingerprint in its 32 bytes: what a fleet's history of certificates is kept by.
// Thread-safe: pure functions.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace rdpwatch::fleet {

using Fingerprint = std::array<std::uint8_t, 32>;

/// Of hex digits, as CertificateFacts::sha256 has them. Bytes for which there are none are zero; what is no
/// digit ends them.
Fingerprint fingerprint_of(std::string_view hex);

/// 64 lower-case digits.
std::string hex(const Fingerprint& fingerprint);

}  // namespace rdpwatch::fleet
