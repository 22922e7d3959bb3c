#pragma once
// What is kept of an endpoint's state over a restart, as JSON text. Thread-safe: pure functions.

#include <memory>
#include <string>
#include <string_view>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::storage {

std::string encode_state(const fleet::TargetState& state);

/// Without its problems, which are judged at each probe and belong to the endpoint: so all endpoints that
/// show one certificate, and all times that one shows it, have it in common.
std::string encode_certificate(const handshake::CertificateFacts& facts);
handshake::CertificateFacts decode_certificate(std::string_view text);

/// The state of `key` without what the inventory says (target, labels, interval) and with counters at 0.
/// `certificate` is what encode_certificate() kept; null when there was none. Throws std::exception for a
/// text that encode_state() of no version wrote.
fleet::TargetState decode_state(const fleet::EndpointKey& key, std::string_view text,
                                const handshake::CertificateFacts* certificate);

}  // namespace rdpwatch::storage
