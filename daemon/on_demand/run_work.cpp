#include "daemon/on_demand/run_work.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/on_demand/on_demand_prober.hpp"
#include "daemon/on_demand/time_limit.hpp"
#include "daemon/scheduling/diagnosis_run.hpp"
#include "daemon/scheduling/fleet_context.hpp"
#include "daemon/scheduling/gate_patience.hpp"
#include "probes/diagnosis/cause_book.hpp"
#include "probes/diagnosis/judge.hpp"

namespace rdpwatch::on_demand {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using handshake::ProbePlan;
using handshake::ProbeResult;
using handshake::Verdict;

/// Tells the listener; copied into whatever needs it.
struct Teller {
  std::shared_ptr<RunState> state;
  handshake::TimePoint began = handshake::Clock::now();

  void operator()(std::string text) const {
    if (++state->told > kMostLines) return;
    state->lines.try_send(boost::system::error_code(),
                          LogLine{handshake::Clock::now() - began, std::move(text)});
  }
  handshake::ProbeWatch watch() const {
    handshake::ProbeWatch watch;
    watch.step = [tell = *this](handshake::Duration, std::string text) { tell(std::move(text)); };
    return watch;
  }
};

ProbePlan plan_of(const fleet::TargetState& state) {
  ProbePlan plan = state.target->plan();
  plan.pinned_address = state.key.address;
  return plan;
}

/// One attempt of `attempts`; false when no other is called for.
asio::awaitable<bool> attempt(scheduling::WatchedProbe probe, Teller tell, diagnosis::Evidence* evidence,
                              RunResult* result) {
  handshake::ProbeWatch watch = tell.watch();
  watch.admit_by = handshake::Clock::now() + kWaitForLimits;
  asio::awaitable<ProbeResult> probing = probe(evidence->plan, std::move(watch));
  ProbeResult ended = co_await std::move(probing);
  co_await scheduling::throw_when_cancelled();
  // Where our limits refuse the confirmation, the first attempt stands.
  const bool refused = ended.verdict != Verdict::success && ended.verdict != Verdict::failure;
  if (refused && !evidence->attempts.empty()) co_return false;
  result->report.result = ended;
  const bool failed = ended.verdict == Verdict::failure;
  if (!refused) evidence->attempts.push_back(std::move(ended));
  co_return failed;
}

asio::awaitable<void> attempt_and_confirm(scheduling::WatchedProbe probe, Teller tell, RunWork work,
                                          diagnosis::Evidence* evidence, RunResult* result) {
  const int attempts = work.kind == RunKind::diagnosis ? work.confirm.attempts : 1;
  for (int i = 1; i <= attempts; ++i) {
    if (i > 1) {
      const auto executor = co_await asio::this_coro::executor;
      asio::steady_timer delay(executor, work.confirm.delay);
      co_await delay.async_wait(asio::use_awaitable);
      tell("attempt " + std::to_string(i) + " of at most " + std::to_string(attempts));
    }
    asio::awaitable<bool> attempting = attempt(probe, tell, evidence, result);
    const bool again = co_await std::move(attempting);
    if (!again) co_return;
  }
}

asio::awaitable<void> diagnose(scheduling::WatchedProbe probe, Teller tell, RunWork work,
                               diagnosis::Evidence evidence, RunResult* result) {
  diagnosis::ExperimentLimits limits;
  limits.may_be_patient = work.begun_with->target->diagnosis.patient;
  diagnosis::Diagnostician diagnostician(std::move(evidence), limits);
  result->report.diagnosis = diagnostician.diagnosis();
  const scheduling::DiagnosisProgress progress{
      [tell](const diagnosis::Experiment& experiment) {
        tell("experiment: " + std::string(describe(experiment.kind)));
      },
      // Kept as it grows, so that whatever ends it leaves what came before.
      [tell, result](const diagnosis::Diagnosis& so_far) {
        tell("outcome: " + so_far.experiments.back().outcome);
        result->report.diagnosis = so_far;
      }};
  const scheduling::ProbeFunction watched = [probe, tell](ProbePlan plan) {
    return probe(std::move(plan), tell.watch());
  };
  auto running = scheduling::run_diagnosis(
      std::move(diagnostician), watched,
      scheduling::diagnosis_pace(work.max_connections_per_minute, work.begun_with->target->interval),
      progress);
  result->report.diagnosis = co_await std::move(running);
}

asio::awaitable<void> attempt_and_judge(scheduling::WatchedProbe probe, Teller tell, RunWork work,
                                        RunResult* result) {
  diagnosis::Evidence evidence;
  evidence.plan = plan_of(*work.begun_with);
  evidence.fleet = scheduling::fleet_context(work.store, work.begun_with->key, *work.begun_with->target);
  evidence.user_fails = true;
  result->report.fleet = evidence.fleet;
  asio::awaitable<void> attempting = attempt_and_confirm(probe, tell, work, &evidence, result);
  co_await std::move(attempting);
  if (evidence.attempts.empty()) co_return;
  if (work.kind == RunKind::diagnosis) {
    asio::awaitable<void> diagnosing = diagnose(probe, tell, work, std::move(evidence), result);
    co_await std::move(diagnosing);
  } else if (evidence.attempts.back().verdict == Verdict::failure) {
    result->report.diagnosis.causes = diagnosis::judge(evidence);
  }
}

}  // namespace

asio::awaitable<void> do_run(scheduling::WatchedProbe probe, RunWork work, std::shared_ptr<RunState> state) {
  const Teller tell{state};
  RunResult& result = state->result;
  const inventory::Target& target = *work.begun_with->target;
  result.kind = work.kind;
  result.report.platform = diagnosis::platform_by_name(target.label("platform"));
  result.report.result.target = target.name;
  result.report.result.group = target.group;
  result.report.result.module = target.recipe->module;
  result.report.result.started = std::chrono::system_clock::now();
  result.report.result.abandoned_why = "no time left";
  std::chrono::nanoseconds longest = kLongestDiagnosis;
  if (work.kind == RunKind::probe) longest = target.recipe->timeout + kWaitForLimits + std::chrono::seconds(1);
  asio::awaitable<void> running = attempt_and_judge(std::move(probe), tell, work, &result);
  asio::awaitable<void> waiting = time_is_up(longest);
  asio::awaitable<std::variant<std::monostate, std::monostate>> either =
      std::move(running) || std::move(waiting);
  const auto first = co_await std::move(either);
  if (first.index() == 1) tell("the time for this run is over; what was learnt so far stands");
  const fleet::StatePtr now = work.store.find(work.begun_with->key);
  result.status = now ? now->status : work.begun_with->status;
}

}  // namespace rdpwatch::on_demand
