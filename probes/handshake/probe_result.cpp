#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::handshake {

std::string_view name(NlaOutcome outcome) {
  switch (outcome) {
    case NlaOutcome::challenge:
      return "challenge";
    case NlaOutcome::no_credssp:
      return "no_credssp";
    case NlaOutcome::ntlm_refused:
      return "ntlm_refused";
    case NlaOutcome::closed_on_negotiate:
      return "closed_on_negotiate";
    case NlaOutcome::error_code:
      return "error_code";
  }
  return "";
}

std::string_view name(LicensingOutcome outcome) {
  switch (outcome) {
    case LicensingOutcome::valid_client:
      return "valid_client";
    case LicensingOutcome::license_request:
      return "license_request";
    case LicensingOutcome::demand_active:
      return "demand_active";
    case LicensingOutcome::redirection:
      return "redirection";
  }
  return "";
}

}  // namespace rdpwatch::handshake
