#pragma once
// ProbeResult: what one probe (one attempt with all its connections) observed. Absent means not observed.
// CONTRACT: its JSON form is schema rdpwatch.probe/1.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/handshake/probe_plan.hpp"
#include "probes/handshake/rare.hpp"

namespace rdpwatch::handshake {

struct PhaseTiming {
  Phase phase;
  Duration duration;
};

using Seconds = std::chrono::duration<double>;

/// What was going on when an operation of the connection ended.
struct IoMoment {
  /// "SYN", "Connection Request", "ClientHello", "garbage" ...; empty: nothing yet
  std::string last_sent;
  Duration since_last_send{};        ///< from then to the end
  std::uint64_t bytes_received = 0;  ///< in answer to it; of a broken TLS handshake all its bytes
};

/// A connection before the deciding one: how it was asked and why it was not the last.
struct NegotiationAttempt {
  std::uint32_t requested = 0;  ///< requestedProtocols
  TlsProfile profile = TlsProfile::modern;
  Phase phase = Phase::negotiate;
  FailureReason reason = FailureReason::internal_error;
  std::string detail;
  std::optional<IoMoment> moment = std::nullopt;  ///< as in Failure
};

struct NegotiationFacts {
  std::uint32_t requested = 0;            ///< requestedProtocols of the deciding connection
  std::optional<std::uint32_t> selected;  ///< selectedProtocol; 0 also for a Confirm without negotiation data
  std::uint8_t flags = 0;                 ///< RDP_NEG_RSP flags
  std::vector<NegotiationAttempt> attempts;
};

struct TlsFacts {
  TlsVersion version = TlsVersion::tls12;
  std::string cipher;  ///< OpenSSL's name
  std::string group;   ///< key exchange group, empty for static RSA
  TlsProfile profile = TlsProfile::modern;
  /// The modern profile could not have agreed on this: version below 1.2, an old cipher, no secure
  /// renegotiation.
  bool needs_legacy = false;
  /// The first four bytes of ServerHello.random before TLS 1.3: the server's UNIX time where it follows RFC
  /// 5246, random digits where it does not. Nothing in TLS 1.3.
  std::optional<std::uint32_t> hello_time;
};

struct CertificateFacts {
  std::string subject;  ///< RFC 2253 order as OpenSSL's -nameopt RFC2253 prints it, UTF-8
  std::string issuer;
  std::string subject_cn;  ///< last CN, empty when there is none
  std::string issuer_cn;
  std::vector<std::string> sans;  ///< "DNS:name", "IP:address", "email:...", "URI:..."
  std::string serial;             ///< lower-case hex, "-" in front of a negative one, "00" for zero
  std::string sha256;             ///< fingerprint of the DER, 64 lower-case hex digits
  std::chrono::system_clock::time_point not_before;
  std::chrono::system_clock::time_point not_after;
  std::string key_type;  ///< "RSA", "EC", "Ed25519" ...
  int key_bits = 0;
  std::string signature_algorithm;  ///< OpenSSL's long name, e.g. sha256WithRSAEncryption
  bool self_signed = false;
  std::vector<CertificateProblem> problems;  ///< in the enum's order
};

/// How CredSSP answered our NTLM NEGOTIATE. Only `error_code` fails a probe; the others are a healthy host's
/// ways of having no NTLM for a stranger.
enum class NlaOutcome : std::uint8_t {
  challenge,            ///< the server named itself
  no_credssp,           ///< the server did not choose NLA
  ntlm_refused,         ///< CredSSP is spoken, NTLM is not accepted (Kerberos only)
  closed_on_negotiate,  ///< an orderly close instead of an answer
  error_code            ///< a TSRequest with another NTSTATUS
};
std::string_view name(NlaOutcome outcome);

struct NlaFacts {
  NlaOutcome outcome = NlaOutcome::no_credssp;
  std::optional<std::uint32_t> version;     ///< CredSSP version of the server's TSRequest
  std::optional<std::uint32_t> error_code;  ///< NTSTATUS
};

/// What the host says of itself in its NTLM CHALLENGE. Names are safe UTF-8; one that it did not send is
/// empty.
struct HostFacts {
  std::string netbios_computer;
  std::string netbios_domain;
  std::string dns_computer;
  std::string dns_domain;
  std::string dns_forest;
  std::string os_build;               ///< "10.0.20348"; empty when it sent no version
  std::string os_name;                ///< Windows release of the build; empty for an unknown one
  std::optional<Seconds> clock_skew;  ///< host minus prober
  std::optional<bool>
      name_mismatch;  ///< it calls itself something the inventory does not; nothing: not judged
};

/// What MCS Connect-Response said of the session's security.
struct McsFacts {
  std::uint32_t version = 0;                         ///< SC_CORE version, MS-RDPBCGR 2.2.1.4.2
  std::optional<std::uint32_t> requested_protocols;  ///< what the server says that we asked for
  std::uint32_t encryption_method = 0;               ///< of standard RDP security; 0 within TLS
  std::uint32_t encryption_level = 0;
  std::optional<std::uint32_t> rdp_key_bits;  ///< of the proprietary certificate of standard RDP security
};

enum class LicensingOutcome : std::uint8_t {
  valid_client,     ///< STATUS_VALID_CLIENT: no licence is needed
  license_request,  ///< the server hands out licences and asks for this client's
  demand_active,    ///< the server went on to the session without a word on licences
  redirection       ///< the server sends the client to another one, as a connection broker does
};
std::string_view name(LicensingOutcome outcome);

struct LicensingFacts {
  LicensingOutcome outcome = LicensingOutcome::valid_client;
  std::string company;  ///< with `license_request`: who licenses, which product, for what
  std::string product_id;
  std::vector<std::string> scopes;
};

/// From TCP_INFO of the deciding connection, read before it is closed.
struct TransportFacts {
  Duration rtt{};
  std::uint32_t retransmits = 0;
};

/// A phase that the module asks for and the host, by its kind, does not offer. It fails nothing.
struct NotApplicable {
  Phase phase;
  std::string why;
};

struct Failure {
  Phase phase;
  FailureReason reason;
  std::string detail;                  ///< free text for people: logs, CLI and API, never a label
  std::optional<std::int64_t> number;  ///< TLS alert, RDP_NEG_FAILURE code or errno, where there is one
  /// Where the socket, a deadline or TLS ended it, or what answers garbage; none where another message's
  /// content did.
  std::optional<IoMoment> moment = std::nullopt;
};

enum class Verdict : std::uint8_t {
  success,
  failure,      ///< the target's; `failure` says where and why
  local_fault,  ///< our own machine's; `failure` has category local. No per-target state may change.
  abandoned     ///< cut off by shutdown or reload, or refused by the connection gate; counted nowhere
};

struct ProbeResult {
  std::string target;
  std::string address;  ///< "ip:port" or "[ip]:port" of the deciding connection; empty when none was tried
  std::string group;
  std::string module;
  std::chrono::system_clock::time_point started;
  Duration duration{};   ///< without the wait for the first connection's slot
  Duration gate_wait{};  ///< wait for the first connection's slot: our own, part of the schedule lag
  int connections = 0;   ///< TCP connections tried

  Verdict verdict = Verdict::abandoned;
  Rare<Failure> failure;  ///< with Verdict::failure and local_fault
  std::string abandoned_why;       ///< with Verdict::abandoned: "shutdown", "rate_cap", "address_gone" ...

  std::vector<PhaseTiming> phases;     ///< that ran, in order; the failed one is the last
  std::vector<std::string> addresses;  ///< all the name resolved to, in the order they are tried
  bool addresses_complete = true;      ///< as in Resolved
  std::optional<NegotiationFacts> negotiation;
  std::optional<TlsFacts> tls;
  std::optional<CertificateFacts> certificate;
  /// ServerHello.random read as a clock, host minus prober: a hint that counts only when two probes in a row
  /// agree.
  std::optional<Seconds> hello_clock_skew;
  std::optional<NlaFacts> nla;
  Rare<HostFacts> host;
  Rare<McsFacts> mcs;
  Rare<LicensingFacts> licensing;
  std::optional<TransportFacts> transport;
  std::vector<NotApplicable> not_applicable;
  std::vector<std::string> findings;  ///< ids of what is wrong without failing
};

}  // namespace rdpwatch::handshake
