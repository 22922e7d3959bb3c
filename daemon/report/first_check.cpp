#include "daemon/report/first_check.hpp"

namespace rdpwatch::report {
namespace {

using handshake::FailureReason;
using handshake::Phase;

constexpr std::string_view kHere = "here";
constexpr std::string_view kOnHost = "on the host, in an elevated PowerShell";

struct Place {
  std::string host;
  std::string port;
};

FirstCheck listener() {
  return {kOnHost, "qwinsta",
          "rdp-tcp must be in state Listen; if not, check fDenyTSConnections and the service TermService"};
}

FirstCheck port_owner(const Place& place) {
  return {kOnHost,
          "Get-NetTCPConnection -LocalPort " + place.port + " -State Listen | Select-Object OwningProcess",
          "the process must be svchost of TermService; anything else took the port"};
}

FirstCheck firewall() {
  return {kOnHost,
          "Get-NetFirewallRule -DisplayGroup 'Remote Desktop' | Select-Object DisplayName,Enabled,Profile",
          "the rules must be enabled for the network's profile; after that security groups and firewalls on "
          "the way"};
}

FirstCheck schannel() {
  return {kOnHost, "Get-WinEvent -FilterHashtable @{LogName='System';ProviderName='Schannel'} -MaxEvents 20",
          "36870: the private key can't be used; 36871: no TLS version or credential; 36874: no common "
          "cipher; on "
          "Linux read the server's own log"};
}

FirstCheck arrivals() {
  return {kOnHost,
          "Get-WinEvent -LogName Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational -MaxEvents 20",
          "event 131 with this machine's address: the request arrived and the host is at fault; none: a "
          "device in the "
          "path is"};
}

FirstCheck security_layer() {
  return {
      kOnHost,
      "Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp' | "
      "Select-Object SecurityLayer,UserAuthentication",
      "SecurityLayer 0 is standard RDP security, 1 negotiates, 2 is TLS; UserAuthentication 1 requires NLA"};
}

FirstCheck certificate_store() {
  return {kOnHost,
          "Get-ChildItem 'Cert:\\LocalMachine\\Remote Desktop' | Format-List Subject,NotAfter,HasPrivateKey",
          "one certificate that is valid and has its key; RemoteConnectionManager events 1055, 1057 and 1058 "
          "say why "
          "it could not be made or renewed"};
}

FirstCheck logons() {
  return {kOnHost, "Get-WinEvent -FilterHashtable @{LogName='Security';Id=4625} -MaxEvents 20",
          "the status and sub status of the refused logon"};
}

FirstCheck licensing() {
  return {kOnHost,
          "Get-WinEvent -FilterHashtable @{LogName='System';ProviderName="
          "'Microsoft-Windows-TerminalServices-RemoteConnectionManager'} -MaxEvents 20",
          "events 1069 and 1128: licensing mode or server not configured, or the grace period is over"};
}

FirstCheck dns(const Place& place) {
  return {kHere, "dig " + place.host, "the status, and which server gives it"};
}

FirstCheck path(const Place& place) {
  return {kHere, "tracepath -n " + place.host, "where the path ends"};
}

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
    case Phase::login:
      return logons();
    case Phase::mcs:
      return arrivals();
    case Phase::licensing:
      return licensing();
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
    case Phase::login:
      return logons();
    case Phase::mcs:
      return arrivals();
    case Phase::licensing:
      return licensing();
  }
  return arrivals();
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
      return port_owner(place);
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
      return schannel();
    case FailureReason::credentials_rejected:
    case FailureReason::account_restricted:
    case FailureReason::access_denied:
    case FailureReason::nla_protocol_error:
      return logons();
    case FailureReason::license_refused:
    case FailureReason::license_error:
      return licensing();
    case FailureReason::local_resources:
      return {kHere, "ip route get " + place.host + "; ulimit -n",
              "a route to the host and enough file descriptors"};
    case FailureReason::internal_error:
      return {kHere, "rdpwatch --version", "report it with the output of `rdpwatch probe --output=json`"};
  }
  return arrivals();
}

}  // namespace rdpwatch::report
