#pragma once
// Experiments: ordinary probes that each vary one thing of the failed one, so that its end tells causes
// apart. Thread-safe: pure functions.

#include <optional>
#include <string>
#include <string_view>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::diagnosis {

enum class ExperimentKind : std::uint8_t {
  repeat,          ///< the same once more
  other_address,   ///< another address of the name
  known_address,   ///< the address at which the host was last seen, when its name is not resolved
  known_name,      ///< the name that the host gave itself, when its address does not answer
  without_cookie,  ///< a Connection Request without mstshash
  ask_nla_or_tls,  ///< requestedProtocols 0x03 without a cookie: an older client
  ask_tls,         ///< requestedProtocols 0x01
  ask_rdp,         ///< requestedProtocols 0x00
  legacy_tls,      ///< TLS 1.0 to 1.2 with every cipher that the library has
  only_tls12,      ///< a ClientHello for TLS 1.2 alone
  without_sni,     ///< a ClientHello without a server name
  small_segments,  ///< segments of 536 bytes in both directions
  garbage,         ///< as many bytes as a ClientHello has, but no TLS
  direct_tls,      ///< a ClientHello as the first bytes, without X.224
  silence,         ///< nothing sent after connecting, for 2 s
  patient,         ///< waits longer than the timers of servers and firewalls
  sibling          ///< a healthy host of the same group, now
};
inline constexpr std::size_t kExperimentKinds = 17;

/// "small_segments": as in JSON.
std::string_view name(ExperimentKind kind);
/// What it asks, in words: "segments of at most 536 bytes in both directions".
std::string_view describe(ExperimentKind kind);

struct Experiment {
  ExperimentKind kind;
  handshake::ProbePlan plan;
};

struct ExperimentResult {
  ExperimentKind kind;
  handshake::ProbeResult result;
};

/// How long a patient connection waits for an answer: longer than a Windows server's 60 s (MS-RDPBCGR 3.3.2).
inline constexpr handshake::Duration kPatience = std::chrono::seconds(75);

/// The probe of this kind, one connection, for a target that failed in `phase` at `address` (a literal; empty
/// when none was reached). Not for other_address, known_address, known_name and sibling, which go elsewhere.
handshake::ProbePlan plan_of(ExperimentKind kind, const handshake::ProbePlan& base, handshake::Phase phase,
                             const std::string& address);

/// The same probe as `base`, one connection, to another place: a literal address or a name.
handshake::ProbePlan plan_elsewhere(const handshake::ProbePlan& base, const std::string& host, bool literal);

/// Address of "ip:port" or "[ip]:port"; empty for an empty text.
std::string address_of(const std::string& endpoint);

}  // namespace rdpwatch::diagnosis
