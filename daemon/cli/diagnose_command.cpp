// The diagnose command: a run of the probe, the siblings at the same time, the experiments, the page.

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <ostream>
#include <utility>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/load_config.hpp"
#include "daemon/cli/named_targets.hpp"
#include "daemon/cli/probe_session.hpp"
#include "daemon/report/diagnosis_report.hpp"
#include "daemon/report/json_text.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/scheduling/diagnosis_run.hpp"
#include "daemon/scheduling/lanes.hpp"
#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/host_identity.hpp"

namespace rdpwatch::cli {
namespace {

namespace asio = boost::asio;
using handshake::ProbePlan;
using handshake::ProbeResult;
using handshake::Verdict;

/// So many siblings are asked, one probe each: enough to say "nine of ten".
constexpr std::size_t kMostSiblings = 9;

int refuse(const Streams& streams, const std::string& why) {
  streams.err << "rdpwatch diagnose: " << report::clean(why) << "\n";
  return kUnknown;
}

/// When no sibling answers, so many hosts of other groups are asked, one each: is it the group or is it us?
constexpr std::size_t kMostOthers = 3;

struct Sibling {
  ProbePlan plan;
  std::optional<ProbeResult> result;
};

// All that the coroutines share; it lives in the command's frame, around the session.
struct Work {
  scheduling::ProbeFunction probe;
  diagnosis::Evidence evidence;
  diagnosis::ExperimentLimits limits;
  int attempts = 1;
  handshake::Duration confirm_delay{};
  std::vector<Sibling> siblings;
  std::vector<Sibling> others;  ///< of other groups
  std::ostream& err;
  std::optional<diagnosis::Diagnosis> diagnosis;
};

void say(Work& work, const std::string& line) {
  work.err << report::clean(line) << "\n" << std::flush;
}

std::string outcome(const ProbeResult& result) {
  if (result.verdict == Verdict::success) return "fine, " + handshake::to_text(result.duration);
  if (result.verdict == Verdict::abandoned) return "not probed: " + result.abandoned_why;
  return handshake::describe(*result.failure);
}

// The siblings whose names come next to the target's, before and after it: the same ones each time, and the
// likeliest to be of the same age and place.
std::vector<Sibling> siblings_of(const ProbePlan& plan, const inventory::Snapshot& inventory) {
  if (plan.group.empty()) return {};
  std::vector<const inventory::Target*> group;
  std::size_t before = 0;
  for (const auto& [name, target] : inventory) {
    if (name == plan.target || target->group != plan.group) continue;
    if (name < plan.target) ++before;
    group.push_back(target.get());
  }
  const std::size_t count = std::min(group.size(), kMostSiblings);
  const std::size_t half = std::min(before, kMostSiblings / 2);
  const std::size_t first = std::min(before - half, group.size() - count);
  std::vector<Sibling> out;
  for (std::size_t i = first; i < first + count; ++i) out.push_back({group[i]->plan(), std::nullopt});
  return out;
}

// The first host of each of the next groups.
std::vector<Sibling> others_than(const ProbePlan& plan, const inventory::Snapshot& inventory) {
  std::map<std::string, const inventory::Target*> by_group;
  for (const auto& [name, target] : inventory) {
    if (target->group != plan.group) by_group.emplace(target->group, target.get());
  }
  std::vector<Sibling> out;
  for (const auto& [group, first] : by_group) {
    if (out.size() < kMostOthers) out.push_back({first->plan(), std::nullopt});
  }
  return out;
}

bool is_judged(const Sibling& sibling) {
  if (!sibling.result) return false;
  const Verdict verdict = sibling.result->verdict;
  return verdict == Verdict::success || verdict == Verdict::failure;
}

asio::awaitable<void> attempt(Work* work) {
  const int attempts = work->attempts;
  for (int i = 1; i <= attempts; ++i) {
    if (i > 1) {
      const auto executor = co_await asio::this_coro::executor;
      asio::steady_timer delay(executor, work->confirm_delay);
      co_await delay.async_wait(asio::use_awaitable);
    }
    say(*work,
        "probing " + work->evidence.plan.target +
            (attempts > 1 ? ", attempt " + std::to_string(i) + " of at most " + std::to_string(attempts)
                          : std::string()));
    auto probing = work->probe(work->evidence.plan);
    ProbeResult result = co_await std::move(probing);
    say(*work, "  " + outcome(result));
    const Verdict verdict = result.verdict;
    if (verdict == Verdict::abandoned && !work->evidence.attempts.empty()) co_return;
    work->evidence.attempts.push_back(std::move(result));
    if (verdict != Verdict::failure) co_return;
  }
}

asio::awaitable<void> ask_sibling(Work* work, std::vector<Sibling>* hosts, std::size_t index) {
  Sibling& sibling = (*hosts)[index];
  auto probing = work->probe(sibling.plan);
  ProbeResult result = co_await std::move(probing);
  sibling.result = std::move(result);
}

asio::awaitable<void> ask_all(Work* work, std::vector<Sibling>* hosts) {
  const auto one = [work, hosts](std::size_t index) { return ask_sibling(work, hosts, index); };
  const auto quiet = [](std::size_t) {};
  auto lanes = scheduling::run_in_lanes(hosts->size(), static_cast<int>(kMostSiblings), one, quiet);
  co_await std::move(lanes);
  for (const Sibling& host : *hosts) {
    if (!is_judged(host) && host.result) say(*work, "  " + host.plan.target + ": " + outcome(*host.result));
  }
}

asio::awaitable<void> ask_siblings(Work* work) {
  if (work->siblings.empty()) co_return;
  say(*work,
      "asking " + std::to_string(work->siblings.size()) + " of the group " + work->evidence.plan.group);
  auto asking = ask_all(work, &work->siblings);
  co_await std::move(asking);
  auto& fleet = work->evidence.fleet;
  for (const Sibling& sibling : work->siblings) {
    if (!is_judged(sibling)) continue;
    ++fleet.siblings;
    if (sibling.result->verdict != Verdict::success) continue;
    ++fleet.siblings_up;
    if (!fleet.sibling) fleet.sibling = sibling.plan;
  }
  say(*work, "  " + std::to_string(fleet.siblings_up) + " of " + std::to_string(fleet.siblings) + " answer");
}

// When nobody of the group answers, other groups tell whether it is the group's way or ours.
asio::awaitable<void> ask_others(Work* work) {
  auto& fleet = work->evidence.fleet;
  const bool group_fails = !work->evidence.attempts.empty() &&
                           work->evidence.attempts.back().verdict != Verdict::success &&
                           fleet.siblings_up == 0;
  if (!group_fails || work->others.empty()) co_return;
  say(*work, "asking " + std::to_string(work->others.size()) + " of other groups");
  auto asking = ask_all(work, &work->others);
  co_await std::move(asking);
  for (const Sibling& other : work->others) {
    if (!is_judged(other)) continue;
    ++fleet.others;
    fleet.others_up += other.result->verdict == Verdict::success ? 1 : 0;
  }
  say(*work, "  " + std::to_string(fleet.others_up) + " of " + std::to_string(fleet.others) + " answer");
}

// Clocks of several hosts that all differ from ours the same way say that it is ours.
void compare_clocks(Work& work) {
  int ahead = 0;
  int behind = 0;
  int agree = 0;
  const auto count = [&](const ProbeResult& result) {
    const auto& skew = result.host ? result.host->clock_skew : std::nullopt;
    if (!skew) return;
    if (!handshake::is_clock_skewed(*skew)) {
      ++agree;
    } else {
      ++(skew->count() > 0 ? ahead : behind);
    }
  };
  if (!work.evidence.attempts.empty()) count(work.evidence.attempts.back());
  for (const Sibling& sibling : work.siblings) {
    if (sibling.result) count(*sibling.result);
  }
  constexpr int kClocksToCompare = 2;
  const int skewed = std::max(ahead, behind);
  work.evidence.fleet.prober_clock_wrong =
      skewed >= kClocksToCompare && skewed > agree + std::min(ahead, behind);
}

asio::awaitable<void> diagnose_target(Work* work) {
  auto attempting = attempt(work);
  co_await std::move(attempting);
  auto asking = ask_siblings(work);
  co_await std::move(asking);
  auto asking_others = ask_others(work);
  co_await std::move(asking_others);
  compare_clocks(*work);
  diagnosis::Diagnostician diagnostician(work->evidence, work->limits);
  work->diagnosis = diagnostician.diagnosis();
  const scheduling::DiagnosisProgress progress{
      [work](const diagnosis::Experiment& experiment) {
        say(*work, "trying " + std::string(describe(experiment.kind)));
      },
      // Kept as it grows, so that whoever interrupts the patient connection has what came before it.
      [work](const diagnosis::Diagnosis& so_far) {
        say(*work, "  " + so_far.experiments.back().outcome);
        work->diagnosis = so_far;
      }};
  auto running = scheduling::run_diagnosis(std::move(diagnostician), work->probe, {}, progress);
  diagnosis::Diagnosis result = co_await std::move(running);
  work->diagnosis = std::move(result);
}

report::DiagnosisReport report_of(Work& work, const ProbePlan& plan) {
  report::DiagnosisReport out;
  if (work.evidence.attempts.empty()) {
    out.result.target = plan.target;  // It was cut off before it had begun.
    out.result.module = plan.module;
    out.result.started = std::chrono::system_clock::now();
    out.result.abandoned_why = "interrupted";
  } else {
    out.result = work.evidence.attempts.back();
  }
  if (work.diagnosis) out.diagnosis = std::move(*work.diagnosis);
  out.fleet = work.evidence.fleet;
  for (const Sibling& sibling : work.siblings) {
    if (!is_judged(sibling)) continue;
    out.siblings.push_back(
        {sibling.plan.target, sibling.result->verdict == Verdict::success, outcome(*sibling.result)});
  }
  return out;
}

void print(const DiagnoseOptions& options, const report::DiagnosisReport& page, const Streams& streams) {
  switch (options.output) {
    case DiagnoseOutput::text:
      streams.out << report::to_text(page, options.thresholds, streams.out_style);
      return;
    case DiagnoseOutput::json:
      streams.out << report::to_text(report::to_json(page), report::JsonLayout::indented) << "\n";
      return;
    case DiagnoseOutput::markdown:
      streams.out << report::to_markdown(page, options.thresholds);
      return;
  }
}

}  // namespace

int diagnose(const DiagnoseOptions& options, const Streams& streams) {
  const auto settings = load_settings(options.config_file, streams);
  if (!settings) return kUnknown;
  inventory::Snapshot inventory;
  if (!options.config_file.empty()) inventory = current_inventory(*settings, streams);
  std::string fault;
  const auto plan =
      plan_of_named_target({options.target, options.module, options.timeout}, *settings, inventory, fault);
  if (!plan) return refuse(streams, fault);

  ProbeSession session(settings->global);
  Work work{session.probe_function(),
            {},
            {},
            settings->global.confirm.attempts,
            settings->global.confirm.delay,
            siblings_of(*plan, inventory),
            others_than(*plan, inventory),
            streams.err,
            std::nullopt};
  work.evidence.plan = *plan;
  work.evidence.user_fails = true;
  work.limits.may_be_patient = !options.quick;
  session.run(diagnose_target(&work));
  report::DiagnosisReport page = report_of(work, *plan);
  page.platform = platform_of(plan->target, inventory);
  print(options, page, streams);
  return report::exit_code(page.result, options.thresholds);
}

}  // namespace rdpwatch::cli
