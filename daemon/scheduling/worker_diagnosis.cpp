// Diagnoses in the daemon: a run that failed is judged at once by what it showed; then experiments are made,
// once in a failing episode, to tell its causes apart.

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "daemon/scheduling/diagnosis_run.hpp"
#include "daemon/scheduling/fleet_context.hpp"
#include "daemon/scheduling/worker.hpp"

namespace rdpwatch::scheduling {
namespace asio = boost::asio;
namespace {

using handshake::Failure;

/// Between the experiments of two episodes of one endpoint, and of two failures within one.
constexpr auto kExperimentInterval = std::chrono::hours(1);
/// When many hosts fail at once, experiments on a few say what experiments on all would.
constexpr std::size_t kDiagnosesAtOnce = 8;

bool is_same(const Failure& a, const Failure& b) {
  return a.phase == b.phase && a.reason == b.reason;
}

// The fleet as a whole explains it better than any experiment on this host could.
bool is_of_the_fleet(const diagnosis::FleetContext& fleet) {
  return fleet.prober_blind || fleet.shared.has_value();
}

}  // namespace

diagnosis::Diagnostician Worker::diagnostician_for(const Endpoint& endpoint, const Outcome& outcome) const {
  diagnosis::Evidence evidence;
  evidence.plan = plan_for(endpoint, *endpoint.target);
  evidence.attempts = outcome.attempts;
  evidence.fleet = fleet_context(store_, endpoint.key, *endpoint.target);
  diagnosis::ExperimentLimits limits;
  limits.max_experiments = static_cast<std::size_t>(endpoint.target->diagnosis.experiments);
  limits.may_be_patient = endpoint.target->diagnosis.patient;
  if (is_of_the_fleet(evidence.fleet)) limits.max_experiments = 0;
  return {std::move(evidence), limits};
}

std::shared_ptr<const diagnosis::Diagnosis> Worker::diagnose(const EndpointPtr& endpoint,
                                                             const Outcome& outcome) {
  const handshake::ProbeResult& last = outcome.attempts.back();
  if (last.verdict != handshake::Verdict::failure) {
    if (endpoint->diagnosing) endpoint->diagnosis_cancel.emit(asio::cancellation_type::terminal);
    endpoint->diagnosis.reset();
    endpoint->experimented_on.reset();
    return nullptr;
  }
  diagnosis::Diagnostician diagnostician = diagnostician_for(*endpoint, outcome);
  const auto& known = endpoint->diagnosis;
  const bool keeps_experiments =
      known && !known->experiments.empty() && is_same(*known->failure, *last.failure);
  if (!keeps_experiments || is_of_the_fleet(diagnostician.evidence().fleet)) {
    endpoint->diagnosis = std::make_shared<const diagnosis::Diagnosis>(diagnostician.diagnosis());
  }
  experiment_if_due(endpoint, *last.failure, std::move(diagnostician));
  return endpoint->diagnosis;
}

void Worker::experiment_if_due(const EndpointPtr& endpoint, const Failure& failure,
                               diagnosis::Diagnostician diagnostician) {
  const TimePoint now = handshake::Clock::now();
  const bool known = endpoint->experimented_on && is_same(*endpoint->experimented_on, failure);
  const bool too_soon = endpoint->experimented_at && now < *endpoint->experimented_at + kExperimentInterval;
  if (endpoint->diagnosing || known || too_soon || diagnoses_ >= kDiagnosesAtOnce) return;
  if (!diagnostician.next()) return;
  endpoint->experimented_on = failure;
  endpoint->experimented_at = now;
  endpoint->diagnosing = true;
  ++diagnoses_;
  ++tasks_;
  const auto ended = [this, endpoint](const std::exception_ptr& error) { task_ended(error); };
  asio::co_spawn(io_, experiment(endpoint, endpoint->target, std::move(diagnostician)),
                 asio::bind_cancellation_slot(endpoint->diagnosis_cancel.slot(), ended));
}

asio::awaitable<void> Worker::experiment(EndpointPtr endpoint, inventory::TargetPtr target,
                                         diagnosis::Diagnostician diagnostician) {
  const ProbeFunction probe = [this](handshake::ProbePlan plan) { return attempt(std::move(plan)); };
  const DiagnosisProgress quiet{[](const diagnosis::Experiment&) {}, [](const diagnosis::Diagnosis&) {}};
  std::shared_ptr<const diagnosis::Diagnosis> refined;
  try {
    auto running = run_diagnosis(std::move(diagnostician), probe,
                                 diagnosis_pace(policy_.max_connections_per_minute, target->interval), quiet);
    diagnosis::Diagnosis result = co_await std::move(running);
    refined = std::make_shared<const diagnosis::Diagnosis>(std::move(result));
  } catch (const boost::system::system_error&) {
    // Only cancellation comes as an exception: the target recovered, is gone, or the daemon stops.
  }
  endpoint->diagnosing = false;
  --diagnoses_;
  if (stopping_ || endpoint->removed || !refined) co_return;
  // It may have recovered, or begun to fail in another way, or a reload made another target of it.
  const bool still_true = endpoint->diagnosis && is_same(*endpoint->diagnosis->failure, *refined->failure) &&
                          same_probe(*target, *endpoint->target);
  if (!still_true) co_return;
  endpoint->diagnosis = refined;
  observer_.diagnosis_done(*target, endpoint->key, *refined);
  store_.record_diagnosis(endpoint->key, std::move(refined));
}

}  // namespace rdpwatch::scheduling
