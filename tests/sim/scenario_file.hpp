#pragma once
// Scenario files: strict YAML -> Scenarios, or everything that is wrong with the file. README.md is the
// reference.

#include <string>
#include <variant>
#include <vector>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

/// Lines "file:line:column: what is wrong, what is allowed", in the order of the file.
using ScenarioErrors = std::vector<std::string>;
using ScenarioResult = std::variant<Scenarios, ScenarioErrors>;

/// Relative paths in the file are resolved against its folder. Never throws for bad input.
ScenarioResult load_scenarios(const std::string& path);
ScenarioResult parse_scenarios(const std::string& text, const std::string& path);

}  // namespace rdpwatch::sim
