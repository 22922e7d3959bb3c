#pragma once
// ProbeResult: what one probe (one attempt with all its connections) observed. Absent means not observed.
// CONTRACT: its JSON form is schema rdpwatch.probe/1.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::handshake {

struct PhaseTiming {
  Phase phase;
  Duration duration;
};

/// A connection before the deciding one: how it was asked and why it was not the last.
struct NegotiationAttempt {
  std::uint32_t requested = 0;  ///< requestedProtocols
  TlsProfile profile = TlsProfile::modern;
  Phase phase = Phase::negotiate;
  FailureReason reason = FailureReason::internal_error;
  std::string detail;
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
  std::optional<Failure> failure;  ///< with Verdict::failure and local_fault
  std::string abandoned_why;       ///< with Verdict::abandoned: "shutdown", "rate_cap", "address_gone" ...

  std::vector<PhaseTiming> phases;     ///< that ran, in order; the failed one is the last
  std::vector<std::string> addresses;  ///< all the name resolved to, in the order they are tried
  bool addresses_complete = true;      ///< as in Resolved
  std::optional<NegotiationFacts> negotiation;
  std::optional<TlsFacts> tls;
  std::optional<CertificateFacts> certificate;
  std::optional<TransportFacts> transport;
  std::vector<NotApplicable> not_applicable;
  std::vector<std::string> findings;  ///< ids of what is wrong without failing
};

}  // namespace rdpwatch::handshake
