#include "probes/handshake/server_refusal.hpp"

#include <string>

#include "probes/wire/licensing.hpp"
#include "probes/wire/server_message.hpp"

namespace rdpwatch::handshake {
namespace {

// Set Error Info, MS-RDPBCGR 2.2.5.1.1.
constexpr std::uint32_t kServerDeniedConnection = 0x7;
constexpr std::uint32_t kServerInsufficientPrivileges = 0x9;
constexpr std::uint32_t kLicenseInternal = 0x100;
constexpr std::uint32_t kLicenseNoLicense = 0x102;
constexpr std::uint32_t kLicenseNoRemoteConnections = 0x10A;

FailureReason reason_of_error_info(std::uint32_t code) {
  if (code == kServerDeniedConnection || code == kServerInsufficientPrivileges)
    return FailureReason::access_denied;
  if (code == kLicenseNoLicense) return FailureReason::license_refused;
  if (code >= kLicenseInternal && code <= kLicenseNoRemoteConnections) return FailureReason::license_error;
  return FailureReason::error_info;
}

}  // namespace

PhaseFailure mcs_result_failure(const char* what, std::uint32_t result) {
  return {FailureReason::mcs_refused, std::string(what) + " with result " + wire::describe_mcs_result(result),
          result};
}

PhaseFailure ultimatum_failure(const wire::DisconnectProviderUltimatum& ultimatum) {
  return {FailureReason::mcs_refused,
          "MCS DisconnectProviderUltimatum, reason " + wire::describe_mcs_reason(ultimatum.reason),
          ultimatum.reason};
}

PhaseFailure error_info_failure(std::uint32_t code) {
  return {reason_of_error_info(code), "Set Error Info " + wire::describe_error_info(code), code};
}

PhaseFailure license_alert_failure(std::uint32_t code) {
  const bool refused = code == wire::license_error::kNoLicense || code == wire::license_error::kInvalidClient;
  return {refused ? FailureReason::license_refused : FailureReason::license_error,
          "licensing ERROR_ALERT " + wire::describe_license_error(code), code};
}

}  // namespace rdpwatch::handshake
