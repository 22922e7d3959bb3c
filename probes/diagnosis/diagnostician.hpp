#pragma once
// Diagnostician: from a confirmed failure to its likely causes. It plans experiments, takes their results and
// judges; whoever runs it makes the connections, one after another, within the limits that hold for probes.
// Not thread-safe; touches no socket and no clock.

#include <optional>
#include <string>
#include <vector>

#include "probes/diagnosis/evidence.hpp"
#include "probes/diagnosis/experiment_table.hpp"
#include "probes/diagnosis/ranking.hpp"

namespace rdpwatch::diagnosis {

/// One experiment as a reader wants it: what was tried and how it ended.
struct ExperimentRecord {
  ExperimentKind kind;
  std::string target;
  std::string address;  ///< "ip:port"; empty when none was reached
  bool passed = false;  ///< beyond the phase that failed
  std::string outcome;  ///< "passed in 14 ms", "connection_reset in tls: reset 12 ms after ClientHello ..."
};

struct Diagnosis {
  WallTime judged;  ///< when the run that it explains ended; of a refined one, when its last experiment did
  std::optional<handshake::Failure> failure;  ///< that it explains; nothing when the host answered
  std::vector<RankedCause> causes;            ///< the likeliest first
  std::vector<ExperimentRecord> experiments;
};

class Diagnostician {
 public:
  /// `evidence` has its attempts; experiments come by note().
  Diagnostician(Evidence evidence, ExperimentLimits limits);

  /// The next experiment to run; nothing when none would tell more. At most kMaxExperiments in all.
  std::optional<Experiment> next() const;
  void note(ExperimentKind kind, handshake::ProbeResult result);

  const Evidence& evidence() const { return evidence_; }
  /// By what is known now; may be asked at any time.
  Diagnosis diagnosis() const;

 private:
  Evidence evidence_;
  ExperimentLimits limits_;
};

}  // namespace rdpwatch::diagnosis
