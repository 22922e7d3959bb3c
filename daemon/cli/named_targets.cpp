#include "daemon/cli/named_targets.hpp"

#include <algorithm>
#include <chrono>

#include "config/duration.hpp"
#include "daemon/inventory/build_targets.hpp"

namespace rdpwatch::cli {
namespace {

using handshake::ProbePlan;

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string fault_of(const std::vector<std::string>& names, const std::vector<std::string>& known,
                     const std::string& what) {
  for (const auto& name : names) {
    if (std::ranges::find(known, name) == known.end())
      return what + " \"" + name + "\" is not known, allowed: " + joined(known);
  }
  return "";
}

ProbePlan make_plan(const NamedTarget& named, const config::Settings& settings,
                    const config::TargetSettings& target, const inventory::Snapshot& inventory) {
  const auto known = inventory.find(config::target_name(target));
  const auto asked_timeout = config::parse_duration(named.timeout).value_or(std::chrono::milliseconds(0));
  if (known == inventory.end()) {
    return inventory::build_plan(settings, named.module.empty() ? "tls" : named.module, target,
                                 asked_timeout);
  }
  ProbePlan plan = known->second->plan();
  if (!named.module.empty()) {
    plan = inventory::build_plan(settings, named.module, target, asked_timeout);
    plan.group = known->second->group;
  }
  if (asked_timeout.count() > 0) plan.timeout = asked_timeout;
  return plan;
}

}  // namespace

std::optional<ProbePlan> plan_of_named_target(const NamedTarget& named, const config::Settings& settings,
                                              const inventory::Snapshot& inventory, std::string& fault) {
  config::TargetSettings target;
  if (!config::parse_target(named.text, target, fault)) return std::nullopt;
  if (!named.module.empty()) fault = fault_of_modules({named.module}, settings);
  if (!fault.empty()) return std::nullopt;
  return make_plan(named, settings, target, inventory);
}

std::optional<diagnosis::Platform> platform_of(const std::string& target,
                                               const inventory::Snapshot& inventory) {
  const auto known = inventory.find(target);
  if (known == inventory.end()) return std::nullopt;
  return diagnosis::platform_by_name(known->second->label("platform"));
}

std::string fault_of_groups(const std::vector<std::string>& groups, const config::Settings& settings) {
  std::vector<std::string> known;
  for (const auto& group : settings.inventory) known.push_back(group.group);
  return fault_of(groups, known, "group");
}

std::string fault_of_modules(const std::vector<std::string>& modules, const config::Settings& settings) {
  std::vector<std::string> known;
  for (const auto& [name, module] : settings.modules) known.push_back(name);
  return fault_of(modules, known, "module");
}

}  // namespace rdpwatch::cli
