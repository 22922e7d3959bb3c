#pragma once
// ProbePlan: all that a probe, or an experiment, may vary. Plain data; copy it, change it, run it. Most of it
// is the same for all targets of a module: the ProbeRecipe, which a large inventory keeps once.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/handshake/taxonomy.hpp"

namespace rdpwatch::handshake {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

/// How far a probe goes. `resolve` is for address expansion and `mcs` for the audit of standard RDP security
/// only; the others are modules' depths. `nla` ends at the server's challenge. `mcs` and `licensing` are for
/// hosts without NLA: they pass it by.
enum class Depth : std::uint8_t { resolve, tcp, negotiate, tls, nla, mcs, licensing };
std::string_view name(Depth depth);

/// TLS 1.2-1.3 with today's ciphers, or TLS 1.0-1.2 with everything that the library still has.
enum class TlsProfile : std::uint8_t { modern, legacy };
std::string_view name(TlsProfile profile);

enum class TlsVersion : std::uint8_t { tls10, tls11, tls12, tls13 };
/// "TLSv1" (1.0), "TLSv1.1", "TLSv1.2", "TLSv1.3": OpenSSL's names, as in the result's JSON.
std::string_view name(TlsVersion version);

/// What can be wrong with a certificate; observations that fail a probe only through `fail_on`.
enum class CertificateProblem : std::uint8_t {
  expired,
  not_yet_valid,
  self_signed,
  untrusted,
  name_mismatch,
  weak_key,
  weak_signature,
  no_server_auth_eku
};
inline constexpr std::size_t kCertificateProblems = 8;
std::string_view name(CertificateProblem problem);

/// The longest a phase may take; the earlier of this and what is left of ProbePlan::timeout counts.
struct PhaseBounds {
  Duration resolve = std::chrono::seconds(3);
  Duration connect = std::chrono::seconds(4);
  Duration negotiate = std::chrono::seconds(5);
  Duration tls = std::chrono::seconds(5);
  Duration nla = std::chrono::seconds(5);
  Duration mcs = std::chrono::seconds(5);
  Duration licensing = std::chrono::seconds(5);
};

struct CertificateFacts;

/// What the probes of all targets of a module have in common.
struct ProbeRecipe {
  std::string module = "tls";

  Depth depth = Depth::tls;
  bool require_tls = true;   ///< standard RDP security fails in `negotiate` (protocol_not_allowed)
  bool require_nla = false;  ///< anything but CredSSP fails in `negotiate` (protocol_not_allowed)
  TlsVersion min_tls_version = TlsVersion::tls10;
  std::vector<CertificateProblem> fail_on;
  std::string ca_file;      ///< PEM; empty: trust is not judged
  std::string server_name;  ///< name that the certificate is held against instead of `host`; empty: `host`

  std::string cookie = "rdpwatch";           ///< mstshash, at most 9 characters; empty: no cookie
  std::uint32_t requested_protocols = 0x0B;  ///< RDP_NEG_REQ requestedProtocols of the first connection
  bool climb_ladder = true;                  ///< ask again after an RDP_NEG_FAILURE that says what to ask
  TlsProfile first_profile = TlsProfile::modern;
  bool fall_back_to_legacy_tls = true;
  std::optional<TlsVersion> only_tls_version;  ///< offer this version alone, whatever the profile offers
  std::string source_address;  ///< bind to it before connecting; empty: the kernel chooses

  Duration timeout = std::chrono::seconds(10);  ///< of one attempt with all its connections
  PhaseBounds bounds;
};

struct ProbePlan : ProbeRecipe {
  std::string target;  ///< host:port as in the inventory; what results and series are named by
  std::string host;    ///< a name, or an IPv4 or IPv6 literal without brackets
  bool host_is_literal = false;
  std::uint16_t port = 3389;
  std::string group;           ///< inventory group; empty for a probe from the command line
  std::string pinned_address;  ///< connect to this one of the name's addresses only; empty: all, in order

  // What only experiments vary (probes/diagnosis/experiment.hpp).
  bool send_sni = true;           ///< false: no server name even for a target that is a name
  std::uint16_t max_segment = 0;  ///< TCP_MAXSEG of our socket, 88..1460; 0: the kernel's
  /// The ClientHello is the first thing sent, without X.224 before it. Goes to depth `tls` at most; there is
  /// no negotiation, and so neither ladder, fallback nor judgement of what was chosen.
  bool tls_at_once = false;
  /// After the Connection Confirm send as many bytes as a ClientHello has, but none: what ends then is not
  /// ended by TLS's content. Fails always, in phase `tls` once TLS was chosen, and never falls back.
  bool garbage_for_client_hello = false;
  bool send_nothing = false;  ///< after connecting only listen. Fails always, in phase `negotiate`.

  /// What an earlier probe decoded, which need not be done again for the same certificate; null: nothing is
  /// known.
  std::shared_ptr<const CertificateFacts> known_certificate;
};

}  // namespace rdpwatch::handshake
