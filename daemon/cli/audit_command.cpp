#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/array.hpp>
#include <ostream>
#include <utility>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/load_config.hpp"
#include "daemon/cli/named_targets.hpp"
#include "daemon/cli/probe_session.hpp"
#include "daemon/cli/progress.hpp"
#include "daemon/report/audit_report.hpp"
#include "daemon/report/json_text.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/scheduling/audit_run.hpp"
#include "daemon/scheduling/endpoint_table.hpp"
#include "daemon/scheduling/lanes.hpp"

namespace rdpwatch::cli {
namespace {

using handshake::AuditResult;
using handshake::ProbePlan;

int refuse(const Streams& streams, const std::string& why) {
  streams.err << "rdpwatch audit: " << report::clean(why) << "\n";
  return kUnknown;
}

// The targets of the command line, else those of the inventory's groups.
std::vector<std::string> choose_targets(const AuditOptions& options, const config::Settings& settings,
                                        const inventory::Snapshot& inventory, std::string& fault) {
  if (!options.targets.empty()) return options.targets;
  if (options.config_file.empty()) {
    fault = "there is nothing to audit, allowed: targets, or --config.file with an inventory";
    return {};
  }
  fault = fault_of_groups(options.groups, settings);
  if (!fault.empty()) return {};
  std::vector<std::string> targets;
  for (const auto& [name, target] : inventory) {
    const bool wanted =
        options.groups.empty() || std::ranges::find(options.groups, target->group) != options.groups.end();
    if (wanted) targets.push_back(name);
  }
  if (targets.empty()) fault = "there are no targets to audit";
  return targets;
}

std::vector<ProbePlan> choose_plans(const AuditOptions& options, const config::Settings& settings,
                                    const inventory::Snapshot& inventory, std::string& fault) {
  std::vector<ProbePlan> plans;
  for (const std::string& text : choose_targets(options, settings, inventory, fault)) {
    const auto plan =
        plan_of_named_target({text, options.module, options.timeout}, settings, inventory, fault);
    if (!plan) return {};
    plans.push_back(*plan);
  }
  return plans;
}

// One host, with its questions as progress; several with their number.
struct Running {
  scheduling::ProbeFunction probe;
  std::vector<ProbePlan> plans;
  std::vector<bool> done;  ///< by plan
  std::vector<AuditResult> results;
  Progress progress;
  std::size_t failed = 0;
};

AuditResult result_of(const ProbePlan& plan) {
  AuditResult result;
  result.target = plan.target;
  result.group = plan.group;
  result.module = plan.module;
  result.started = std::chrono::system_clock::now();
  return result;
}

// Each address of an expanded target is a host of its own, as it is for the daemon. An address that is there
// already is the whole list.
boost::asio::awaitable<std::vector<std::string>> addresses_of(Running* running, ProbePlan plan,
                                                              const inventory::Snapshot* inventory) {
  const auto known = inventory->find(plan.target);
  if (known == inventory->end() || !scheduling::expands(*known->second))
    co_return std::vector<std::string>{""};
  plan.depth = handshake::Depth::resolve;
  auto probing = running->probe(plan);
  const handshake::ProbeResult found = co_await std::move(probing);
  if (found.verdict == handshake::Verdict::success) co_return found.addresses;
  AuditResult result = result_of(plan);
  result.verdict = found.verdict;
  result.failure = found.failure;
  result.abandoned_why = found.abandoned_why;
  running->results.push_back(std::move(result));
  co_return std::vector<std::string>{};
}

boost::asio::awaitable<void> audit_one(Running* running, std::size_t index,
                                       const inventory::Snapshot* inventory) {
  const bool alone = running->plans.size() == 1;
  const scheduling::AuditProgress note = [running, alone](int done, int planned) {
    if (alone) running->progress.update(static_cast<std::size_t>(done), static_cast<std::size_t>(planned));
  };
  ProbePlan plan = running->plans[index];
  auto looking_up = addresses_of(running, plan, inventory);
  const std::vector<std::string> addresses = co_await std::move(looking_up);
  for (const std::string& address : addresses) {
    plan.pinned_address = address;
    auto auditing = scheduling::run_audit(plan, running->probe, {}, note);
    AuditResult result = co_await std::move(auditing);
    running->results.push_back(std::move(result));
  }
  running->done[index] = true;
  const auto is_failed = [](const AuditResult& result) {
    return result.verdict == handshake::Verdict::failure;
  };
  running->failed = static_cast<std::size_t>(std::ranges::count_if(running->results, is_failed));
}

void print(const AuditOptions& options, const std::vector<AuditResult>& audits, const Streams& streams) {
  switch (options.output) {
    case AuditOutput::text:
      streams.out << (audits.size() == 1
                          ? report::to_text(audits.front(), options.thresholds, streams.out_style)
                          : report::to_text(audits, options.thresholds, streams.out_style));
      return;
    case AuditOutput::csv:
      streams.out << report::to_csv(audits, options.thresholds);
      return;
    case AuditOutput::json:
      break;
  }
  if (audits.size() == 1) {
    streams.out << report::to_text(report::to_json(audits.front()), report::JsonLayout::indented) << "\n";
    return;
  }
  boost::json::array all;
  for (const AuditResult& audit : audits) all.emplace_back(report::to_json(audit));
  streams.out << report::to_text(all, report::JsonLayout::indented) << "\n";
}

}  // namespace

int audit(const AuditOptions& options, const Streams& streams) {
  const auto settings = load_settings(options.config_file, streams);
  if (!settings) return kUnknown;
  inventory::Snapshot inventory;
  if (!options.config_file.empty()) inventory = current_inventory(*settings, streams);
  std::string fault;
  std::vector<ProbePlan> plans = choose_plans(options, *settings, inventory, fault);
  if (!fault.empty()) return refuse(streams, fault);

  ProbeSession session(settings->global);
  const std::size_t total = plans.size();
  Running running{session.probe_function(),
                  std::move(plans),
                  std::vector<bool>(total),
                  {},
                  Progress(streams.err, streams.err_is_terminal)};
  const auto count = [&running, total](std::size_t done) {
    if (total > 1) running.progress.update(done, total, running.failed);
  };
  const auto one = [&running, &inventory](std::size_t index) {
    return audit_one(&running, index, &inventory);
  };
  session.run(scheduling::run_in_lanes(total, settings->global.max_in_flight, one, count));
  for (std::size_t i = 0; i < total; ++i) {
    if (running.done[i]) continue;
    running.results.push_back(result_of(running.plans[i]));
    running.results.back().abandoned_why = "interrupted";
  }
  running.progress.finish();
  report::sort_worst_first(running.results, options.thresholds);
  print(options, running.results, streams);
  return report::exit_code(running.results, options.thresholds);
}

}  // namespace rdpwatch::cli
