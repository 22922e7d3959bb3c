#pragma once
// Targets and groups that a command line names, held against the inventory.

#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "daemon/inventory/inventory.hpp"
#include "probes/diagnosis/cause_book.hpp"
#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::cli {

struct NamedTarget {
  std::string text;     ///< as on the command line
  std::string module;   ///< empty: the target's in the inventory, else "tls"
  std::string timeout;  ///< a duration that was checked; empty: the configuration's
};

/// The target's own plan where the inventory has it, with what the flags change. Nothing after `fault` says
/// what is wrong and what is allowed.
std::optional<handshake::ProbePlan> plan_of_named_target(const NamedTarget& named,
                                                         const config::Settings& settings,
                                                         const inventory::Snapshot& inventory,
                                                         std::string& fault);

/// What the label `platform` of a target in the inventory says, where fixes know it.
std::optional<diagnosis::Platform> platform_of(const std::string& target,
                                               const inventory::Snapshot& inventory);

/// What is wrong with the names of groups or modules, and what is allowed; empty when nothing is.
std::string fault_of_groups(const std::vector<std::string>& groups, const config::Settings& settings);
std::string fault_of_modules(const std::vector<std::string>& modules, const config::Settings& settings);

}  // namespace rdpwatch::cli
