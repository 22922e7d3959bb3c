#include <ostream>
#include <utility>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/load_config.hpp"
#include "daemon/cli/named_targets.hpp"
#include "daemon/cli/probe_session.hpp"
#include "daemon/report/diagnosis_report.hpp"
#include "daemon/report/json_text.hpp"
#include "daemon/report/result_json.hpp"
#include "daemon/report/result_plugin.hpp"
#include "daemon/report/result_text.hpp"
#include "daemon/report/text_clean.hpp"
#include "probes/diagnosis/judge.hpp"

namespace rdpwatch::cli {
namespace {

using handshake::ProbePlan;
using handshake::ProbeResult;

int refuse(const Streams& streams, const std::string& why) {
  streams.err << "rdpwatch probe: " << report::clean(why) << "\n";
  return kUnknown;
}

boost::asio::awaitable<void> probe_once(scheduling::ProbeFunction probe, ProbePlan plan,
                                        ProbeResult* result) {
  boost::asio::awaitable<ProbeResult> probing = probe(std::move(plan));
  *result = co_await std::move(probing);
}

// By what this one attempt showed; `diagnose` makes experiments.
std::vector<diagnosis::RankedCause> causes_of(const ProbePlan& plan, const ProbeResult& result) {
  if (result.verdict != handshake::Verdict::failure) return {};
  diagnosis::Evidence evidence;
  evidence.plan = plan;
  evidence.attempts = {result};
  return diagnosis::judge(evidence);
}

void print(const ProbeOptions& options, const ProbePlan& plan, const ProbeResult& result,
           std::optional<diagnosis::Platform> platform, const Streams& streams) {
  const auto causes = causes_of(plan, result);
  switch (options.output) {
    case ProbeOutput::text:
      streams.out << report::to_text(result, options.thresholds, streams.out_style, causes);
      return;
    case ProbeOutput::json: {
      auto out = report::to_json(result);
      if (!causes.empty()) out["causes"] = report::causes_json(causes, platform);
      streams.out << report::to_text(out, report::JsonLayout::indented) << "\n";
      return;
    }
    case ProbeOutput::plugin:
      streams.out << report::to_plugin_line(result, options.thresholds) << "\n";
      return;
  }
}

}  // namespace

int probe(const ProbeOptions& options, const Streams& streams) {
  const auto settings = load_settings(options.config_file, streams);
  if (!settings) return kUnknown;
  inventory::Snapshot inventory;
  if (!options.config_file.empty()) inventory = current_inventory(*settings, streams);
  std::string fault;
  const auto plan =
      plan_of_named_target({options.target, options.module, options.timeout}, *settings, inventory, fault);
  if (!plan) return refuse(streams, fault);

  ProbeResult result;
  result.target = plan->target;  // For the case that it is cut off before it has begun.
  result.module = plan->module;
  result.started = std::chrono::system_clock::now();
  result.abandoned_why = "interrupted";
  ProbeSession session(settings->global);
  session.run(probe_once(session.probe_function(), *plan, &result));
  print(options, *plan, result, platform_of(plan->target, inventory), streams);
  return report::exit_code(result, options.thresholds);
}

}  // namespace rdpwatch::cli
