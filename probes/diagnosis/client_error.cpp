#include "probes/diagnosis/client_error.hpp"

namespace rdpwatch::diagnosis {
namespace {

using handshake::FailureReason;
using handshake::Phase;

constexpr std::uint32_t kNameLookup = 0x104;
constexpr std::uint32_t kNoConnection = 0x204;
constexpr std::uint32_t kReceiveFailed = 0x404;
constexpr std::uint32_t kTimedOut = 0x704;
constexpr std::uint32_t kSocketClosed = 0x904;
constexpr std::uint32_t kProtocolError = 0x1104;
constexpr std::uint32_t kServerDenied = 0x7;
constexpr std::int64_t kAlertAccessDenied = 49;
// From here on a licensing number is a Set Error Info; the codes of a licensing ERROR_ALERT are small.
constexpr std::int64_t kLicensingErrorInfo = 0x100;

using Result = std::optional<ClientError>;

Result plain(std::uint32_t code, Certainty certainty) {
  return ClientError{code, std::nullopt, certainty};
}

Result closed_while_securing(Certainty certainty) {
  return ClientError{kSocketClosed, kServerDenied, certainty};
}

// The client resets its own view at two points: until a connection stands everything is "no connection", and
// once the credentials were accepted a close comes without extended code.
Result after_close(Phase phase) {
  switch (phase) {
    case Phase::resolve:
      return std::nullopt;
    case Phase::connect:
      return plain(kNoConnection, Certainty::one_report);
    case Phase::negotiate:
    case Phase::tls:
    case Phase::nla:
    case Phase::login:
      return closed_while_securing(Certainty::several_reports);
    case Phase::mcs:
    case Phase::licensing:
      return ClientError{kSocketClosed, 0, Certainty::one_report};
  }
  return std::nullopt;
}

Result after_timeout(Phase phase) {
  switch (phase) {
    case Phase::resolve:
      return plain(kNameLookup, Certainty::one_report);
    case Phase::connect:
      return plain(kNoConnection, Certainty::several_reports);
    case Phase::negotiate:
    case Phase::tls:
    case Phase::nla:
    case Phase::login:
    case Phase::mcs:
      return plain(kTimedOut, Certainty::one_report);
    case Phase::licensing:
      return plain(0x908, Certainty::documented);
  }
  return std::nullopt;
}

Result after_unreachable(Phase phase) {
  if (phase == Phase::connect) return plain(kNoConnection, Certainty::documented);
  return plain(kReceiveFailed, Certainty::one_report);
}

Result after_alert(Phase phase, std::optional<std::int64_t> alert) {
  // A server of CredSSP version 2 has no other way to say that the logon failed (MS-CSSP).
  const bool in_credssp = phase == Phase::nla || phase == Phase::login;
  if (in_credssp && alert == kAlertAccessDenied) return plain(0x807, Certainty::one_report);
  if (phase == Phase::tls || in_credssp) return closed_while_securing(Certainty::one_report);
  return std::nullopt;
}

// Class 7 of the client's codes has one for most NTSTATUS numbers of a logon.
Result after_ntstatus(std::optional<std::int64_t> number, ClientError otherwise) {
  struct Row {
    std::int64_t ntstatus;
    std::uint32_t code;
  };
  static constexpr Row kRows[] = {{0xC000005E, 0x1807}, {0xC0000064, 0xA07}, {0xC0000071, 0xF07},
                                  {0xC0000072, 0xB07},  {0xC0000193, 0xE07}, {0xC0000224, 0x1207},
                                  {0xC0000234, 0xD07}};
  for (const Row& row : kRows) {
    if (number == row.ntstatus) return plain(row.code, Certainty::several_reports);
  }
  return otherwise;
}

// The client hands on what Set Error Info said (MS-RDPBCGR 2.2.5.1.1).
Result after_error_info(std::optional<std::int64_t> number) {
  if (!number) return std::nullopt;
  return ClientError{0x3, static_cast<std::uint32_t>(*number), Certainty::documented};
}

}  // namespace

std::optional<ClientError> client_error(Phase phase, FailureReason reason,
                                        std::optional<std::int64_t> number) {
  const bool in_session = phase == Phase::mcs || phase == Phase::licensing;
  switch (reason) {
    case FailureReason::name_not_found:
      return plain(kNameLookup, Certainty::documented);
    case FailureReason::resolver_failed:
      return plain(kNameLookup, Certainty::one_report);
    case FailureReason::timeout:
      return after_timeout(phase);
    case FailureReason::connection_refused:
      return plain(kNoConnection, Certainty::documented);
    case FailureReason::host_unreachable:
    case FailureReason::network_unreachable:
      return after_unreachable(phase);
    case FailureReason::connection_reset:
    case FailureReason::connection_closed:
      return after_close(phase);
    case FailureReason::not_rdp:
      return plain(kProtocolError, Certainty::several_reports);
    case FailureReason::malformed_pdu:
    case FailureReason::unexpected_pdu:
    case FailureReason::oversized_pdu:
      return plain(kProtocolError, Certainty::one_report);
    case FailureReason::ssl_required_by_server:
    case FailureReason::ssl_not_allowed_by_server:
      return plain(0x509, Certainty::one_report);
    case FailureReason::ssl_cert_not_on_server:
      return plain(0x4, Certainty::one_report);
    case FailureReason::hybrid_required_by_server:
      return plain(0xB09, Certainty::several_reports);
    case FailureReason::tls_alert:
      return after_alert(phase, number);
    case FailureReason::tls_not_spoken:
      return closed_while_securing(Certainty::one_report);
    case FailureReason::certificate_expired:
      return plain(0x1B07, Certainty::several_reports);
    case FailureReason::credentials_rejected:
      return after_ntstatus(number, {0x807, std::nullopt, Certainty::documented});
    case FailureReason::account_restricted:
      return after_ntstatus(number, {0xC07, std::nullopt, Certainty::several_reports});
    case FailureReason::access_denied:
      if (in_session) return after_error_info(number);
      return ClientError{0x3, 0x9, Certainty::several_reports};
    case FailureReason::nla_protocol_error:
      return after_ntstatus(number, {0x207, std::nullopt, Certainty::several_reports});
    case FailureReason::license_refused:
    case FailureReason::license_error:
      if (number && *number >= kLicensingErrorInfo) return after_error_info(number);
      return plain(0x808, Certainty::documented);
    case FailureReason::error_info:
      return after_error_info(number);
    case FailureReason::mcs_refused:
      return ClientError{kSocketClosed, 0, Certainty::one_report};
    // The client never asks what brings these answers, uses another TLS library, asks its user, or is not
    // concerned.
    case FailureReason::inconsistent_flags:
    case FailureReason::ssl_with_user_auth_required_by_server:
    case FailureReason::negotiation_failure_unknown:
    case FailureReason::tls_protocol_error:
    case FailureReason::certificate_not_yet_valid:
    case FailureReason::certificate_name_mismatch:
    case FailureReason::certificate_untrusted:
    case FailureReason::certificate_weak:
    case FailureReason::protocol_not_allowed:
    case FailureReason::local_resources:
    case FailureReason::internal_error:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<ClientError> client_error(const handshake::Failure& failure) {
  return client_error(failure.phase, failure.reason, failure.number);
}

std::string to_label(const ClientError& error) {
  std::string label = hex_label(error.code);
  if (error.extended) label += "/" + hex_label(*error.extended);
  return label;
}

}  // namespace rdpwatch::diagnosis
