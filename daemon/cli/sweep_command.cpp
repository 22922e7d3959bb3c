#include <algorithm>
#include <ostream>
#include <utility>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/load_config.hpp"
#include "daemon/cli/named_targets.hpp"
#include "daemon/cli/probe_session.hpp"
#include "daemon/cli/progress.hpp"
#include "daemon/report/json_text.hpp"
#include "daemon/report/sweep_csv.hpp"
#include "daemon/report/sweep_json.hpp"
#include "daemon/report/sweep_text.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/scheduling/sweep.hpp"

namespace rdpwatch::cli {
namespace {

using Targets = std::vector<inventory::TargetPtr>;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

std::string fault_of_filters(const SweepOptions& options, const config::Settings& settings) {
  const std::string fault = fault_of_groups(options.groups, settings);
  return fault.empty() ? fault_of_modules(options.modules, settings) : fault;
}

Targets choose_targets(const SweepOptions& options, const inventory::Snapshot& inventory) {
  Targets chosen;
  for (const auto& [name, target] : inventory) {
    if (!options.groups.empty() && !contains(options.groups, target->group)) continue;
    if (!options.modules.empty() && !contains(options.modules, target->recipe->module)) continue;
    chosen.push_back(target);
  }
  return chosen;
}

report::Sweep run_sweep(const SweepOptions& options, const config::Settings& settings, Targets targets,
                        const Streams& streams) {
  report::Sweep sweep;
  sweep.started = std::chrono::system_clock::now();
  sweep.planned = targets.size();
  sweep.thresholds = options.thresholds;
  const auto begin = handshake::Clock::now();

  Progress progress(streams.err, streams.err_is_terminal);
  std::size_t failed = 0;
  scheduling::SweepCallbacks callbacks;
  callbacks.result = [&](const inventory::Target&, const handshake::ProbeResult& result) {
    if (result.verdict == handshake::Verdict::failure) ++failed;
    sweep.results.push_back(result);
  };
  callbacks.progress = [&](std::size_t done, std::size_t total) { progress.update(done, total, failed); };

  ProbeSession session(settings.global);
  scheduling::SweepOptions how;
  how.concurrency = settings.global.max_in_flight;
  progress.update(0, targets.size(), 0);
  session.run(scheduling::sweep(std::move(targets), session.probe_function(), how, callbacks));
  progress.finish();
  sweep.interrupted = session.interrupted();
  sweep.duration = handshake::Clock::now() - begin;
  return sweep;
}

void print(const SweepOptions& options, const report::Sweep& sweep, const report::SweepSummary& summary,
           const Streams& streams) {
  switch (options.output) {
    case SweepOutput::text:
      streams.out << report::to_text(sweep, summary, streams.out_style);
      return;
    case SweepOutput::csv:
      streams.out << report::to_csv(summary, sweep.thresholds);
      return;
    case SweepOutput::json:
      streams.out << report::to_text(report::to_json(sweep, summary), report::JsonLayout::indented) << "\n";
      return;
  }
}

}  // namespace

int sweep(const SweepOptions& options, const Streams& streams) {
  const auto settings = load_settings(options.config_file, streams);
  if (!settings) return kUnknown;
  const std::string fault = fault_of_filters(options, *settings);
  if (!fault.empty()) {
    streams.err << "rdpwatch sweep: " << report::clean(fault) << "\n";
    return kUnknown;
  }
  Targets targets = choose_targets(options, current_inventory(*settings, streams));
  if (targets.empty()) {
    streams.err << "rdpwatch sweep: there are no targets to probe\n";
    return kUnknown;
  }
  const report::Sweep sweep = run_sweep(options, *settings, std::move(targets), streams);
  const report::SweepSummary summary = report::summarize(sweep);
  print(options, sweep, summary, streams);
  return report::exit_code(sweep, summary);
}

}  // namespace rdpwatch::cli
