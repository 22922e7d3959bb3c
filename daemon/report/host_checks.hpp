#pragma once
// The commands that first_check() chooses from, each with what to look for in its output. Event numbers are
// of Windows; a FilterHashtable has one Id at most, because some systems answer an array of them with
// nothing.

#include <string>
#include <string_view>

#include "daemon/report/first_check.hpp"

namespace rdpwatch::report {

inline constexpr std::string_view kHere = "here";
inline constexpr std::string_view kOnHost = "on the host, in an elevated PowerShell";

/// What is put into a command.
struct Place {
  std::string host;
  std::string port;
};

FirstCheck listener();
FirstCheck port_owner(const Place& place);
FirstCheck firewall();
FirstCheck schannel();
FirstCheck arrivals();
FirstCheck security_layer();
FirstCheck certificate_store();
FirstCheck logons();
FirstCheck license_events();
FirstCheck license_settings();
FirstCheck credssp();
FirstCheck ntlm();
FirstCheck domain_trust();
FirstCheck tls_alerts();
FirstCheck session_errors();
FirstCheck session_ends();
FirstCheck logons_allowed();
FirstCheck dns(const Place& place);
FirstCheck path(const Place& place);

}  // namespace rdpwatch::report
