#include "daemon/report/first_check.hpp"

#include "daemon/report/host_checks.hpp"

namespace rdpwatch::report {
namespace {

using handshake::FailureReason;
using handshake::Phase;

FirstCheck after_timeout(Phase phase, const Place& place) {
  switch (phase) {
    case Phase::resolve:
      return dns(place);
    case Phase::connect:
      return firewall();
    case Phase::negotiate:
      return arrivals();
    case Phase::tls:
      return {kHere, "ping -c 3 -M do -s 1372 " + place.host,
              "small packets pass and these don't: the path's MTU is smaller than both ends believe; else "
              "the host is "
              "overloaded"};
    case Phase::nla:
      return credssp();
    case Phase::login:
      return logons();
    case Phase::mcs:
      return session_errors();
    case Phase::licensing:
      return license_events();
  }
  return arrivals();
}

FirstCheck after_close(Phase phase) {
  switch (phase) {
    case Phase::resolve:
    case Phase::connect:
      return listener();
    case Phase::negotiate:
      return arrivals();
    case Phase::tls:
      return schannel();
    case Phase::nla:
      return credssp();
    case Phase::login:
      return logons();
    case Phase::mcs:
      return session_errors();
    case Phase::licensing:
      return license_events();
  }
  return arrivals();
}

FirstCheck after_odd_message(Phase phase, const Place& place) {
  switch (phase) {
    case Phase::resolve:
    case Phase::connect:
    case Phase::negotiate:
    case Phase::tls:
      return port_owner(place);
    case Phase::nla:
    case Phase::login:
      return credssp();
    case Phase::mcs:
    case Phase::licensing:
      return session_errors();
  }
  return port_owner(place);
}

// In phase `nla` no credentials were sent: what the host refuses is not about an account.
FirstCheck after_refusal(Phase phase, FailureReason reason) {
  switch (phase) {
    case Phase::nla:
      return reason == FailureReason::nla_protocol_error ? domain_trust() : ntlm();
    case Phase::mcs:
    case Phase::licensing:
      return logons_allowed();
    case Phase::resolve:
    case Phase::connect:
    case Phase::negotiate:
    case Phase::tls:
    case Phase::login:
      return logons();
  }
  return logons();
}

}  // namespace

FirstCheck first_check(Phase phase, FailureReason reason, std::string_view host, std::uint16_t port) {
  const Place place{std::string(host), std::to_string(port)};
  switch (reason) {
    case FailureReason::name_not_found:
      return {kHere, "getent ahosts " + place.host,
              "whether this machine knows the name at all; then its DNS suffixes"};
    case FailureReason::resolver_failed:
      return dns(place);
    case FailureReason::timeout:
      return after_timeout(phase, place);
    case FailureReason::connection_refused:
      return listener();
    case FailureReason::host_unreachable:
    case FailureReason::network_unreachable:
      return path(place);
    case FailureReason::connection_reset:
    case FailureReason::connection_closed:
      return after_close(phase);
    case FailureReason::not_rdp:
      return port_owner(place);
    case FailureReason::malformed_pdu:
    case FailureReason::unexpected_pdu:
    case FailureReason::oversized_pdu:
      return after_odd_message(phase, place);
    case FailureReason::mcs_refused:
      return logons_allowed();
    case FailureReason::error_info:
      return session_ends();
    case FailureReason::ssl_required_by_server:
    case FailureReason::ssl_not_allowed_by_server:
    case FailureReason::inconsistent_flags:
    case FailureReason::hybrid_required_by_server:
    case FailureReason::ssl_with_user_auth_required_by_server:
    case FailureReason::negotiation_failure_unknown:
    case FailureReason::protocol_not_allowed:
      return security_layer();
    case FailureReason::ssl_cert_not_on_server:
    case FailureReason::certificate_expired:
    case FailureReason::certificate_not_yet_valid:
    case FailureReason::certificate_name_mismatch:
    case FailureReason::certificate_untrusted:
    case FailureReason::certificate_weak:
      return certificate_store();
    case FailureReason::tls_alert:
    case FailureReason::tls_not_spoken:
    case FailureReason::tls_protocol_error:
      return phase == Phase::tls ? schannel() : tls_alerts();
    case FailureReason::credentials_rejected:
    case FailureReason::account_restricted:
    case FailureReason::access_denied:
    case FailureReason::nla_protocol_error:
      return after_refusal(phase, reason);
    case FailureReason::license_refused:
    case FailureReason::license_error:
      return license_settings();
    case FailureReason::local_resources:
      return {kHere, "ip route get " + place.host + "; ulimit -n",
              "a route to the host and enough file descriptors"};
    case FailureReason::internal_error:
      return {kHere, "rdpwatch --version", "report it with the output of `rdpwatch probe --output=json`"};
  }
  return arrivals();
}

}  // namespace rdpwatch::report
