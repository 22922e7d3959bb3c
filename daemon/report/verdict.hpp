#pragma once
// What a result is worth to a monitoring system: the state and exit code of the Monitoring Plugins
// convention. CONTRACT: 0 OK; 1 WARNING; 2 CRITICAL; 3 UNKNOWN.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/report/time_text.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

/// Days before a certificate's end from which on it is worth a warning or critical.
struct Thresholds {
  double warning_days = 21;
  double critical_days = 7;
};

enum class State : std::uint8_t { ok, warning, critical, failed, unknown };
/// "OK", "WARNING", "CRITICAL", "FAILED", "UNKNOWN".
std::string_view name(State state);
/// The same in lower case, for JSON and CSV.
std::string_view label(State state);

/// `failed` is a probe that failed; `critical` one that succeeded with a certificate at or past its critical
/// days; `warning` a certificate within its warning days or with a problem other than self_signed; `unknown`
/// a fault of our own machine or a probe that was cut off.
State judge(const handshake::ProbeResult& result, const Thresholds& thresholds);

/// Of the certificate alone, as it stood at that time.
State judge(const handshake::CertificateFacts& certificate, WallTime at, const Thresholds& thresholds);

/// 0 ok, 1 warning, 2 critical and failed, 3 unknown.
int exit_code(State state);
int exit_code(const handshake::ProbeResult& result, const Thresholds& thresholds);

/// From the probe's start to the certificate's end, not rounded; negative once it has passed.
double days_to_expiry(const handshake::ProbeResult& result, const handshake::CertificateFacts& certificate);
double days_to_expiry(WallTime at, const handshake::CertificateFacts& certificate);

/// "93.2 days left", "1 day left", "expired 3.1 days ago".
std::string days_left_in_words(double days);

}  // namespace rdpwatch::report
