#pragma once
// Audit: what security a host would accept, learnt from ordinary probes that each ask one question: every
// security protocol alone, every TLS version alone, and how strong standard RDP security is. Plans and
// judges; whoever runs it makes the connections, one after another, within the limits that hold for probes.
// No logon is attempted.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::handshake {

inline constexpr std::size_t kAuditedProtocols = 5;
inline constexpr std::size_t kAuditedVersions = 4;
/// Each protocol and, where none of their connections could carry one, each TLS version.
inline constexpr int kMaxAuditProbes = kAuditedProtocols + kAuditedVersions;

enum class Acceptance : std::uint8_t { unknown, no, yes };

struct ProtocolAnswer {
  std::uint32_t protocol = 0;  ///< one bit of requestedProtocols, or 0 for standard RDP security
  Acceptance accepts = Acceptance::unknown;
  std::string detail;  ///< why not, or why it is not known
};

struct TlsAnswer {
  TlsVersion version = TlsVersion::tls12;
  Acceptance accepts = Acceptance::unknown;
  std::string detail;
};

struct AuditResult {
  std::string target;
  std::string address;  ///< "ip:port" that was audited
  std::string group;
  std::string module;
  std::chrono::system_clock::time_point started;
  Duration duration{};
  int connections = 0;

  /// `success` when every protocol and TLS version has its answer or the host offers no TLS; `failure` when
  /// the host let too little be learnt, with `failure`; local_fault and abandoned as of a probe.
  Verdict verdict = Verdict::abandoned;
  Rare<Failure> failure;
  std::string abandoned_why;

  std::vector<ProtocolAnswer> protocols;  ///< rdp, ssl, hybrid, hybrid_ex, rdstls
  std::vector<TlsAnswer> tls;             ///< TLS 1.0 to 1.3
  std::optional<bool> nla_required;       ///< false: only offered, or not even that; nothing: not known
  Rare<McsFacts> rdp_security;            ///< of standard RDP security, where it is accepted
  std::optional<CertificateFacts> certificate;
  std::vector<std::string> findings;  ///< ids, in a fixed order
};

/// Of the protocol or version in the result; unknown when it is not there.
Acceptance accepts(const AuditResult& result, std::uint32_t protocol);
Acceptance accepts(const AuditResult& result, TlsVersion version);

class Audit {
 public:
  /// `base`: the target's own plan; of what it asks for only the bounds, names and policy-free parts are
  /// used.
  explicit Audit(ProbePlan base);

  /// The next probe to run; nothing when the audit is over. At most kMaxAuditProbes in all.
  std::optional<ProbePlan> next();
  /// The outcome of the probe that next() gave last.
  void note(const ProbeResult& result);

  /// How many probes were planned so far, and at most will be.
  int done() const { return done_; }
  int planned() const;

  /// Complete once next() gave nothing; the caller adds the duration.
  AuditResult take_result();

 private:
  ProbePlan protocol_plan(std::uint32_t protocol);
  ProbePlan tls_plan(TlsVersion version);
  void note_protocol(ProtocolAnswer& answer, const ProbeResult& result);
  void note_tls(TlsVersion version, const ProbeResult& result);
  void note_unreachable(const Failure& failure);
  TlsAnswer& answer_of(TlsVersion version);
  bool is_safe_for_rdstls() const;
  std::optional<std::uint32_t> tls_protocol() const;
  TlsAnswer* next_version();
  void judge();

  ProbePlan base_;
  AuditResult result_;
  std::size_t next_protocol_ = 0;
  std::optional<std::size_t> asked_protocol_;
  std::optional<TlsVersion> asked_version_;
  std::vector<TlsVersion> asked_versions_;
  Rare<Failure> first_failure_;
  Rare<Failure> first_tls_failure_;
  std::optional<Verdict> cut_off_;  ///< our own fault or a cut, which ended it
  bool unreachable_ = false;        ///< the last probe did not come as far as an answer
  bool over_ = false;
  int done_ = 0;
};

}  // namespace rdpwatch::handshake
