#pragma once
// Whether a new certificate is what a renewal brings, or something that a person should look at: another host
// behind the name, a re-installed one, a device that reads along.
// Thread-safe: pure functions.

#include <optional>
#include <string>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::fleet {

/// Why `after`, first seen at `now`, is no usual renewal of `before`, as a sentence about the endpoint;
/// nothing when it is one. Usual: the same subject CN; self-signed stays self-signed and a CA's stays with
/// the same CA; its validity begins later; and a self-signed one had used at least two thirds of its life
/// (Windows renews its own late).
std::optional<std::string> why_unexpected(const handshake::CertificateFacts& before,
                                          const handshake::CertificateFacts& after, WallTime now);

/// Whether the finding `certificate_changed` holds: for kChangeStaysFor after an unexpected change.
bool has_changed_certificate(const TargetState& state, WallTime now);

inline constexpr const char* kCertificateChangedFinding = "certificate_changed";
/// Long enough to be seen by whoever looks once a day; the gauge keeps the time for longer.
inline constexpr std::chrono::hours kChangeStaysFor{24};

}  // namespace rdpwatch::fleet
