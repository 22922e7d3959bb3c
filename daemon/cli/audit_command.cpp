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
  std::vector<AuditResult> results;
  Progress progress;
  std::size_t failed = 0;
};

boost::asio::awaitable<void> audit_one(Running* running, std::size_t index) {
  const bool alone = running->plans.size() == 1;
  const scheduling::AuditProgress note = [running, alone](int done, int planned) {
    if (alone) running->progress.update(static_cast<std::size_t>(done), static_cast<std::size_t>(planned));
  };
  auto auditing = scheduling::run_audit(running->plans[index], running->probe, {}, note);
  running->results[index] = co_await std::move(auditing);
  if (running->results[index].verdict == handshake::Verdict::failure) ++running->failed;
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
  Running running{
      session.probe_function(), std::move(plans), {}, Progress(streams.err, streams.err_is_terminal)};
  for (const ProbePlan& plan : running.plans) {
    AuditResult& result =
        running.results.emplace_back();  // For the case that it is cut off before it has begun.
    result.target = plan.target;
    result.group = plan.group;
    result.module = plan.module;
    result.started = std::chrono::system_clock::now();
    result.abandoned_why = "interrupted";
  }
  const std::size_t total = running.plans.size();
  const auto count = [&running, total](std::size_t done) {
    if (total > 1) running.progress.update(done, total, running.failed);
  };
  const auto one = [&running](std::size_t index) { return audit_one(&running, index); };
  session.run(scheduling::run_in_lanes(total, settings->global.max_in_flight, one, count));
  running.progress.finish();
  report::sort_worst_first(running.results, options.thresholds);
  print(options, running.results, streams);
  return report::exit_code(running.results, options.thresholds);
}

}  // namespace rdpwatch::cli
