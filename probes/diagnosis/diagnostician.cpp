#include "probes/diagnosis/diagnostician.hpp"

#include <utility>

#include "probes/diagnosis/judge.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::diagnosis {

using handshake::Phase;
using handshake::ProbeResult;
using handshake::Verdict;

namespace {

std::string outcome_text(const ProbeResult& result) {
  switch (result.verdict) {
    case Verdict::success:
      return "passed in " + handshake::to_text(result.duration);
    case Verdict::abandoned:
      return "not made: " + result.abandoned_why;
    case Verdict::failure:
    case Verdict::local_fault:
      break;
  }
  return handshake::describe(*result.failure);
}

ExperimentRecord record_of(const ExperimentResult& experiment, Phase phase) {
  const auto& [kind, result] = experiment;
  // A server that waits for its client has passed, though no handshake came of it.
  if (kind == ExperimentKind::silence && ending(result, Phase::negotiate) == Ending::silent)
    return {kind, result.target, result.address, true, "it waits for its client, as a server does"};
  return {kind, result.target, result.address, passed(result, phase), outcome_text(result)};
}

}  // namespace

Diagnostician::Diagnostician(Evidence evidence, ExperimentLimits limits)
    : evidence_(std::move(evidence)), limits_(limits) {}

std::optional<Experiment> Diagnostician::next() const {
  return next_experiment(evidence_, limits_);
}

void Diagnostician::note(ExperimentKind kind, ProbeResult result) {
  evidence_.experiments.push_back({kind, std::move(result)});
}

Diagnosis Diagnostician::diagnosis() const {
  Diagnosis out;
  const ProbeResult& last = last_attempt(evidence_);
  const ProbeResult& newest = evidence_.experiments.empty() ? last : evidence_.experiments.back().result;
  out.judged = newest.started + std::chrono::duration_cast<WallTime::duration>(newest.duration);
  if (const auto* failure = failure_of(evidence_)) out.failure = *failure;
  out.causes = judge(evidence_);
  const Phase phase = out.failure ? out.failure->phase : Phase::licensing;
  for (const auto& experiment : evidence_.experiments) {
    out.experiments.push_back(record_of(experiment, phase));
  }
  return out;
}

}  // namespace rdpwatch::diagnosis
