#include "daemon/report/words.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "probes/handshake/protocol_names.hpp"
#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::report {
namespace {

using handshake::CertificateProblem;
using handshake::LicensingOutcome;
using handshake::NlaOutcome;

constexpr std::array kFindings{
    FindingWords{"several_addresses",
                 "the name has several addresses of one family and only one was probed: a dead one among "
                 "them goes unseen",
                 "set expand_addresses in the target's group to probe each of them"},
    FindingWords{
        "legacy_rdp_security",
        "standard RDP security, without TLS: the host proves no identity, and the encryption is weak",
        "set SecurityLayer to TLS (2) on the host"},
    FindingWords{"nla_not_required",
                 "the host lets clients in without Network Level Authentication, so a session starts before "
                 "anyone has logged on",
                 "require NLA on the host (UserAuthentication=1), where the server can do it"},
    FindingWords{"legacy_tls", "an old TLS version or cipher, which today's clients refuse, is accepted",
                 "enable TLS 1.2 or 1.3 with AES-GCM on the host, then turn older versions off"},
    FindingWords{
        "no_certificate",
        "TLS stands without a certificate: the host chose an anonymous cipher and proves no identity",
        "give the host a certificate and forbid anonymous ciphers"},
    FindingWords{"tls_retried",
                 "the first TLS handshake failed and a second one, with old versions allowed, agreed on "
                 "nothing old: the host is unstable or picky",
                 "look at the earlier connection's failure; probe again"},
    FindingWords{
        "certificate_renewal_overdue",
        "the host's self-signed certificate of about 183 days is older than 175 days: Windows should have "
        "made a new one by now, and a host that can't renew its key may soon not be able to read it either",
        "look on the host for events 1057 and 1058 of TerminalServices-RemoteConnectionManager; where they "
        "are, "
        "rename the file f686aace6942fb7f7ceb231212eef4a4_* in MachineKeys and give the folder its default "
        "permissions back; then restart SessionEnv and TermService"},
    FindingWords{
        "certificate_changed",
        "the certificate changed within the last 24 hours in a way that no usual renewal explains: another "
        "CA or subject, an older one, or a self-signed one replaced long before its end",
        "find out who changed it: a new installation, a new template, another host behind the name. If "
        "nobody did, treat it as an attack on the path until the host's own certificate is compared"},
    FindingWords{"name_mismatch", "the certificate does not carry the name that the host was asked by",
                 "probe it by the certificate's name, or give the host a certificate with this one"},
    FindingWords{
        "nla_ntlm_refused",
        "the host speaks NLA and refuses NTLM: it does not say who it is, and clients without Kerberos "
        "can't log on",
        "nothing to do where only Kerberos is wanted; else look at the policies \"Restrict NTLM\" and at "
        "events "
        "8001 to 8004 of Microsoft-Windows-NTLM/Operational on the host"},
    FindingWords{"nla_closed_on_negotiate",
                 "the host chose NLA, then closed the connection instead of answering its first message",
                 "look on the host for LSA's event 6041 (CredSSP version refused) and NTLM's 8001 to 8004; "
                 "without them look for a device in the path that cuts NLA"},
    FindingWords{
        "clock_skew",
        "the host's clock and this machine's differ by more than 5 minutes, where Kerberos refuses by "
        "default",
        "compare `w32tm /query /status` on the host with `timedatectl` here, then give the wrong one a "
        "working time source"},
    FindingWords{"host_name_mismatch",
                 "the host calls itself something else than the inventory does: the name leads to another "
                 "machine, or is an alias",
                 "look up where the name leads; for an alias put the host's own name into the inventory, or "
                 "into server_name of its module"},
    FindingWords{"negotiation_tampered",
                 "the host heard another request for security protocols than was sent: something in the path "
                 "changed it, as an attacker does who wants a weaker protocol",
                 "probe again from the host's own network; find the proxy, gateway or inspection device that "
                 "explains it, and treat it as an attack until then"},
    FindingWords{
        "weak_rdp_key",
        "the key of standard RDP security has fewer than 2048 bits: who breaks it can read and change "
        "sessions",
        "set SecurityLayer to TLS (2) on the host, so that this key is not used any more"},
    FindingWords{
        "weak_rdp_encryption",
        "standard RDP security is accepted with no, 40-bit or 56-bit encryption, or lets each client "
        "choose how weak it is (a level below high)",
        "set SecurityLayer to TLS (2) on the host; where that can't be, MinEncryptionLevel to high (3)"},
    FindingWords{"weak_certificate", "the certificate's key is too short or its signature uses an old hash",
                 "give the host a certificate with RSA 2048 or EC 256 and SHA-256"},
};

}  // namespace

std::span<const FindingWords> findings() {
  return kFindings;
}

const FindingWords* find_finding(std::string_view id) {
  const auto* const row = std::ranges::find(kFindings, id, &FindingWords::id);
  return row != kFindings.end() ? row : nullptr;
}

std::string_view meaning(CertificateProblem problem) {
  switch (problem) {
    case CertificateProblem::expired:
      return "its validity has ended";
    case CertificateProblem::not_yet_valid:
      return "its validity has not begun: the host's or this machine's clock is wrong";
    case CertificateProblem::self_signed:
      return "issued by itself: normal for a Windows host outside a PKI, but nobody vouches for it";
    case CertificateProblem::untrusted:
      return "it does not lead to the module's CA file";
    case CertificateProblem::name_mismatch:
      return "it does not carry the name that the host was asked by";
    case CertificateProblem::weak_key:
      return "its key is too short";
    case CertificateProblem::weak_signature:
      return "it is signed with a hash that is no longer safe";
    case CertificateProblem::no_server_auth_eku:
      return "it is not meant for servers: the usage serverAuth is missing";
  }
  return "";
}

std::string_view fix(CertificateProblem problem) {
  switch (problem) {
    case CertificateProblem::expired:
      return "renew it; a self-signed one: delete it from the host's store \"Remote Desktop\", then restart "
             "SessionEnv and TermService";
    case CertificateProblem::not_yet_valid:
      return "set the clock; compare the host's with `w32tm /query /status`";
    case CertificateProblem::self_signed:
      return "issue certificates from a CA by the policy \"Server authentication certificate template\", if "
             "clients shall check them";
    case CertificateProblem::untrusted:
      return "issue it from that CA, or add the CA that issued it to ca_file";
    case CertificateProblem::name_mismatch:
      return "probe the host by the certificate's name, set server_name, or issue a certificate with this "
             "name";
    case CertificateProblem::weak_key:
      return "issue a certificate with RSA 2048 bits or more, or an elliptic curve";
    case CertificateProblem::weak_signature:
      return "issue a certificate that is signed with SHA-256";
    case CertificateProblem::no_server_auth_eku:
      return "issue a certificate with the usage Server Authentication (1.3.6.1.5.5.7.3.1)";
  }
  return "";
}

std::string_view in_words(handshake::NlaOutcome outcome) {
  switch (outcome) {
    case NlaOutcome::challenge:
      return "the host said who it is";
    case NlaOutcome::no_credssp:
      return "the host did not choose NLA";
    case NlaOutcome::ntlm_refused:
      return "the host refuses NTLM";
    case NlaOutcome::closed_on_negotiate:
      return "the host closed the connection instead";
    case NlaOutcome::error_code:
      return "the host reported an error";
  }
  return "";
}

std::string_view in_words(handshake::LicensingOutcome outcome) {
  switch (outcome) {
    case LicensingOutcome::valid_client:
      return "the host lets this client in without one";
    case LicensingOutcome::license_request:
      return "the host asks for this client's licence";
    case LicensingOutcome::redirection:
      return "the host sends its clients to another one, as a connection broker does";
    case LicensingOutcome::demand_active:
      return "not a word: the host went on to the session";
  }
  return "";
}

std::string system_in_words(const handshake::HostFacts& facts) {
  if (facts.os_name.empty()) return facts.os_build.empty() ? "" : "build " + facts.os_build;
  return facts.os_name + " (" + facts.os_build + ")";
}

std::string protocol_in_words(std::uint32_t selected) {
  std::string_view words = "a protocol that the specification does not list";
  if (selected == wire::protocol::kRdp) words = "standard RDP security";
  if (selected == wire::protocol::kSsl) words = "TLS without NLA";
  if (selected == wire::protocol::kHybrid) words = "TLS with NLA";
  if (selected == wire::protocol::kRdstls) words = "TLS for redirected logons";
  if (selected == wire::protocol::kHybridEx) words = "TLS with NLA and early authorization";
  if (selected == wire::protocol::kRdsaad) words = "TLS with Entra ID";
  return std::string(words) + " (" + protocol_label(selected) + ")";
}

std::string protocol_label(std::uint32_t selected) {
  const std::string name(handshake::protocol_name(selected));
  if (name != "unknown") return name;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "unknown(0x%02x)", static_cast<unsigned>(selected));
  return text.data();
}

}  // namespace rdpwatch::report
