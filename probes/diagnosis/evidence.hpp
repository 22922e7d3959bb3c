#pragma once
// Evidence: all that a diagnosis may build on, and how to read it. Plain data and pure functions.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "probes/diagnosis/experiment.hpp"

namespace rdpwatch::diagnosis {

using WallTime = std::chrono::system_clock::time_point;

/// Hosts that fail together, so that the way to them is at fault.
struct SharedFailure {
  std::string scope;  ///< "group", "subnet" or "site"
  std::string name;   ///< of that scope, e.g. "10.1.2.0/24"
  std::size_t members = 0;
};

/// What is known besides the probe's own results. Absent means not known.
struct FleetContext {
  std::optional<WallTime> last_success;
  std::optional<handshake::CertificateFacts> certificate;  ///< last seen before the failure
  std::optional<handshake::HostFacts> host;                ///< last seen before the failure
  std::string last_address;                     ///< literal where the host was last seen; empty: not known
  std::size_t siblings = 0;                     ///< other endpoints of the group that have a verdict
  std::size_t siblings_up = 0;                  ///< and are up
  std::size_t others = 0;                       ///< endpoints of other groups that were asked for comparison
  std::size_t others_up = 0;                    ///< and are up
  std::optional<handshake::ProbePlan> sibling;  ///< a healthy one, for the experiment of that name
  std::optional<SharedFailure> shared;
  bool prober_blind = false;
  bool prober_clock_wrong = false;
  std::vector<std::string> differences;  ///< sentences: in what the endpoint differs from its siblings
};

struct Evidence {
  handshake::ProbePlan plan;
  std::vector<handshake::ProbeResult> attempts;  ///< of the run, at least one; the last is the verdict
  std::vector<ExperimentResult> experiments;     ///< in the order they were made
  FleetContext fleet;
  bool user_fails = false;  ///< somebody asks because a client fails, whatever this probe says
};

/// How a connection came to its end, as far as causes differ by it.
enum class Ending : std::uint8_t {
  passed,  ///< beyond the phase in question
  silent,  ///< nothing came in time
  reset,
  closed,
  refused,
  unreachable,  ///< an ICMP error
  alert,        ///< a TLS alert
  odd           ///< it answered, but not what belongs here
};
std::string_view name(Ending ending);

const handshake::ProbeResult& last_attempt(const Evidence& evidence);
/// The failure that is to be explained; null when the last attempt succeeded.
const handshake::Failure* failure_of(const Evidence& evidence);

/// How the probe ended in `phase`; nothing when it did not come so far, was cut off, or our own machine
/// failed.
std::optional<Ending> ending(const handshake::ProbeResult& result, handshake::Phase phase);
bool passed(const handshake::ProbeResult& result, handshake::Phase phase);

/// The results of all experiments of this kind, oldest first.
std::vector<const handshake::ProbeResult*> results_of(const Evidence& evidence, ExperimentKind kind);
/// The newest; null when there is none.
const handshake::ProbeResult* result_of(const Evidence& evidence, ExperimentKind kind);

/// Every connection to the target that varied nothing (the attempts and the repeats), in order; of a name
/// that leads to several hosts those to the one of the last attempt.
std::vector<const handshake::ProbeResult*> plain_results(const Evidence& evidence);

/// Connections that varied nothing but the address: the experiments of that kind, and attempts that a name
/// with several addresses led elsewhere.
std::vector<const handshake::ProbeResult*> results_elsewhere(const Evidence& evidence);

/// Of all plain connections: how many passed the phase, and how many failed in it.
struct Tally {
  int passed = 0;
  int failed = 0;
};
Tally tally(const Evidence& evidence, handshake::Phase phase);

/// Variations of the probe itself: when one passes, the plain probe again says whether the variation did it
/// or the moment.
inline constexpr std::array kVariations{ExperimentKind::without_cookie, ExperimentKind::ask_nla_or_tls,
                                        ExperimentKind::ask_tls,        ExperimentKind::only_tls12,
                                        ExperimentKind::without_sni,    ExperimentKind::small_segments};

/// What connections with one variation and plain ones came to.
enum class Contrast : std::uint8_t {
  none,      ///< not made, or the variation failed too
  hint,      ///< the variation passed where plain ones had failed
  repeated,  ///< and a plain one failed again after it
  proven,    ///< and the variation passed again after that: it is the variation, not the moment
  mixed      ///< one of the two kinds both passed and failed: what is wrong comes and goes
};
Contrast contrast(const Evidence& evidence, ExperimentKind kind, handshake::Phase phase);
/// hint, repeated or proven.
bool only_variant_passed(const Evidence& evidence, ExperimentKind kind, handshake::Phase phase);

/// "3 of 3 connections".
std::string count_text(int part, int whole);

}  // namespace rdpwatch::diagnosis
