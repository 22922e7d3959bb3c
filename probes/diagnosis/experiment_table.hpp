#pragma once
// Which experiment comes next: a table by the failed phase and the evidence so far. Thread-safe: pure
// functions.

#include <optional>

#include "probes/diagnosis/evidence.hpp"

namespace rdpwatch::diagnosis {

/// In all, of one diagnosis; each is one connection.
inline constexpr std::size_t kMaxExperiments = 6;

struct ExperimentLimits {
  std::size_t max_experiments = kMaxExperiments;  ///< 0..kMaxExperiments
  bool may_be_patient = true;                     ///< whether a connection may wait for kPatience
};

/// Nothing when no further connection would tell causes apart, or the limit is reached. Deterministic for
/// the same evidence.
std::optional<Experiment> next_experiment(const Evidence& evidence, const ExperimentLimits& limits);

}  // namespace rdpwatch::diagnosis
