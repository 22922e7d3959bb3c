#include <ostream>
#include <utility>

#include "config/duration.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/load_config.hpp"
#include "daemon/cli/probe_session.hpp"
#include "daemon/inventory/build_targets.hpp"
#include "daemon/report/json_text.hpp"
#include "daemon/report/result_json.hpp"
#include "daemon/report/result_plugin.hpp"
#include "daemon/report/result_text.hpp"
#include "daemon/report/text_clean.hpp"

namespace rdpwatch::cli {
namespace {

using handshake::ProbePlan;
using handshake::ProbeResult;

int refuse(const Streams& streams, const std::string& why) {
  streams.err << "rdpwatch probe: " << report::clean(why) << "\n";
  return kUnknown;
}

std::string module_names(const config::Settings& settings) {
  std::string names;
  for (const auto& [name, module] : settings.modules) names += (names.empty() ? "" : ", ") + name;
  return names;
}

// The target's own plan where the inventory has it, with what the flags change.
ProbePlan make_plan(const ProbeOptions& options, const config::Settings& settings,
                    const config::TargetSettings& target, const inventory::Snapshot& inventory) {
  const auto known = inventory.find(config::target_name(target));
  const auto asked_timeout = config::parse_duration(options.timeout).value_or(std::chrono::milliseconds(0));
  if (known == inventory.end()) {
    return inventory::build_plan(settings, options.module.empty() ? "tls" : options.module, target,
                                 asked_timeout);
  }
  ProbePlan plan = known->second->plan;
  if (!options.module.empty()) {
    plan = inventory::build_plan(settings, options.module, target, asked_timeout);
    plan.group = known->second->group;
  }
  if (asked_timeout.count() > 0) plan.timeout = asked_timeout;
  return plan;
}

boost::asio::awaitable<void> probe_once(scheduling::ProbeFunction probe, ProbePlan plan,
                                        ProbeResult* result) {
  boost::asio::awaitable<ProbeResult> probing = probe(std::move(plan));
  *result = co_await std::move(probing);
}

void print(const ProbeOptions& options, const ProbeResult& result, const Streams& streams) {
  switch (options.output) {
    case ProbeOutput::text:
      streams.out << report::to_text(result, options.thresholds, streams.out_style);
      return;
    case ProbeOutput::json:
      streams.out << report::to_text(report::to_json(result), report::JsonLayout::indented) << "\n";
      return;
    case ProbeOutput::plugin:
      streams.out << report::to_plugin_line(result, options.thresholds) << "\n";
      return;
  }
}

}  // namespace

int probe(const ProbeOptions& options, const Streams& streams) {
  config::TargetSettings target;
  std::string why;
  if (!config::parse_target(options.target, target, why)) return refuse(streams, why);
  const auto settings = load_settings(options.config_file, streams);
  if (!settings) return kUnknown;
  if (!options.module.empty() && !settings->modules.contains(options.module)) {
    return refuse(streams,
                  "module \"" + options.module + "\" is not known, allowed: " + module_names(*settings));
  }
  inventory::Snapshot inventory;
  if (!options.config_file.empty()) inventory = current_inventory(*settings, streams);

  ProbePlan plan = make_plan(options, *settings, target, inventory);
  ProbeResult result;
  result.target = plan.target;  // For the case that it is cut off before it has begun.
  result.module = plan.module;
  result.started = std::chrono::system_clock::now();
  result.abandoned_why = "interrupted";
  ProbeSession session(settings->global);
  session.run(probe_once(session.probe_function(), std::move(plan), &result));
  print(options, result, streams);
  return report::exit_code(result, options.thresholds);
}

}  // namespace rdpwatch::cli
