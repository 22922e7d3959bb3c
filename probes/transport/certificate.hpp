#pragma once
// X.509 certificates as facts. Windows and appliances make odd ones (negative serials, dates the wrong way
// round, NULs in names): everything that OpenSSL can decode is reported, whatever it holds. Thread-safe for
// different certificates.

#include "probes/handshake/probe_result.hpp"
#include "probes/transport/openssl_ptr.hpp"

namespace rdpwatch::transport {

inline constexpr std::size_t kMaxNameBytes = 1024;  ///< subject, issuer and their CNs are cut there
inline constexpr std::size_t kMaxSans = 100;        ///< further ones are left out
inline constexpr std::size_t kMaxSanBytes = 255;    ///< each name is cut there, not counting "DNS:"
inline constexpr std::size_t kMaxSerialBytes = 64;  ///< further ones are left out

/// Everything but `problems`; see judge() for those. Texts are valid UTF-8 without control characters. SANs
/// of kinds that CertificateFacts does not list are "DirName:...", "RID:1.2.3" and "othername:1.2.3" (its
/// type). Dates outside what system_clock holds (years 1678 to 2261) are cut to its ends; one that can't be
/// read is 1970-01-01. A key that can't be decoded has its type's name and 0 bits. Throws std::bad_alloc
/// only.
handshake::CertificateFacts certificate_facts(X509* certificate);

/// SHA-256 of the DER, 64 lower-case hex digits: CertificateFacts::sha256.
std::string fingerprint(const X509* certificate);

/// Issued by itself: issuer and subject are the same and its own key verifies the signature. When OpenSSL
/// can't check that signature, the issuer's key identifier decides: absent or its own.
bool is_self_signed(X509* certificate);

}  // namespace rdpwatch::transport
