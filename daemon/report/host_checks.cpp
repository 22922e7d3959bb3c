#include "daemon/report/host_checks.hpp"

namespace rdpwatch::report {

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

FirstCheck license_events() {
  return {
      kOnHost,
      "Get-WinEvent -FilterHashtable @{LogName='System';ProviderName="
      "'Microsoft-Windows-TerminalServices-RemoteConnectionManager'} -MaxEvents 20",
      "1069 and 1128: no licensing mode or server is configured; 50280 to 50285: the grace period and the "
      "licence server"};
}

FirstCheck license_settings() {
  return {
      kOnHost, "Get-RDLicenseConfiguration",
      "Mode must not be NotConfigured and LicenseServer must name a server that answers; on a host without "
      "a connection broker look at RemoteConnectionManager's events 1069, 1128 and 50280 to 50285 instead"};
}

FirstCheck credssp() {
  return {
      kOnHost, "Get-WinEvent -FilterHashtable @{LogName='System';Id=6041} -MaxEvents 20",
      "6041: the host refuses this version of CredSSP; without it, Schannel's 36887 and 36888 (alerts) and "
      "8001 to 8004 in Microsoft-Windows-NTLM/Operational (NTLM blocked); nothing at all: a device in the "
      "path cuts NLA"};
}

FirstCheck ntlm() {
  return {
      kOnHost, "Get-WinEvent -LogName Microsoft-Windows-NTLM/Operational -MaxEvents 20",
      "8001 to 8004: a policy \"Restrict NTLM\" blocks it; the probe sent no credentials, so no account is "
      "at fault: the number in the detail is about the host and its domain"};
}

FirstCheck domain_trust() {
  return {
      kOnHost, "Test-ComputerSecureChannel -Verbose",
      "False: the host's trust with its domain is broken, or no domain controller answers; True: LSA's event "
      "6041 in the System log and 8001 to 8004 in Microsoft-Windows-NTLM/Operational"};
}

FirstCheck tls_alerts() {
  return {kOnHost, "Get-WinEvent -FilterHashtable @{LogName='System';ProviderName='Schannel'} -MaxEvents 20",
          "36887: an alert came in, 36888: the host sent one, with its number; in phase nla also LSA's event "
          "6041 "
          "(CredSSP version refused)"};
}

FirstCheck session_errors() {
  return {
      kOnHost,
      "Get-WinEvent -LogName Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational -MaxEvents 20",
      "97 and 227: the host broke off, and the code says why; 131 with this machine's address and neither of "
      "them: a device in the path did"};
}

FirstCheck session_ends() {
  return {
      kOnHost,
      "Get-WinEvent -LogName Microsoft-Windows-TerminalServices-LocalSessionManager/Operational -MaxEvents "
      "20",
      "39 and 40: who or what ended the session, with a reason code; the number in the detail says the same "
      "in RDP's own words, RdpCoreTS's 97 and 227 where it broke off"};
}

FirstCheck logons_allowed() {
  return {kOnHost, "change logon /query",
          "anything but enabled turns new sessions away (drain mode: RemoteConnectionManager's event 1070, "
          "refused: 1071); enabled: the limits of sessions, for 0x9 the group Remote Desktop Users, and "
          "RdpCoreTS's 97 and 227"};
}

FirstCheck dns(const Place& place) {
  return {kHere, "dig " + place.host, "the status, and which server gives it"};
}

FirstCheck path(const Place& place) {
  return {kHere, "tracepath -n " + place.host, "where the path ends"};
}

}  // namespace rdpwatch::report
