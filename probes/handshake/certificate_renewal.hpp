#pragma once
// Whether a host has failed to renew its own certificate, before anything fails by it. Windows makes its
// self-signed RDP certificate for 183 days and makes the next one before it ends; a host that can't write its
// key store goes on with the old one, and will one day not be able to read its key either.

#include <chrono>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::handshake {

inline constexpr const char* kRenewalOverdueFinding = "certificate_renewal_overdue";

/// The whole life of a certificate that looks like Windows' own: 183 days, and some room for its relatives.
inline constexpr std::chrono::days kShortestOwnLife{150};
inline constexpr std::chrono::days kLongestOwnLife{220};
/// A certificate of that kind that is older has not been renewed in time.
inline constexpr std::chrono::days kRenewedBy{175};

/// A self-signed certificate of that life, older than kRenewedBy and not yet expired: what has expired has a
/// problem of its own (`expired`).
bool is_renewal_overdue(const CertificateFacts& certificate, std::chrono::system_clock::time_point now);

}  // namespace rdpwatch::handshake
