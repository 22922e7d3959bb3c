#include "probes/transport/tls_alerts.hpp"

namespace rdpwatch::transport {
namespace {

struct Alert {
  std::uint8_t number;
  std::string_view name;
};

constexpr Alert kAlerts[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},  // up to TLS 1.0
    {22, "record_overflow"},
    {30, "decompression_failure"},  // up to TLS 1.2
    {40, "handshake_failure"},
    {41, "no_certificate"},  // SSL 3.0
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {52, "too_many_cids_requested"},  // RFC 9146
    {60, "export_restriction"},       // TLS 1.0
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},  // RFC 7507
    {90, "user_canceled"},
    {100, "no_renegotiation"},  // up to TLS 1.2
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},  // RFC 6066
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},  // RFC 6066
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
    {121, "ech_required"},
};

}  // namespace

std::string_view alert_name(std::uint8_t number) {
  for (const Alert& alert : kAlerts) {
    if (alert.number == number) return alert.name;
  }
  return {};
}

std::string describe_alert(std::uint8_t number) {
  const std::string_view name = alert_name(number);
  return std::string(name.empty() ? "unknown alert" : name) + " (" + std::to_string(number) + ")";
}

}  // namespace rdpwatch::transport
