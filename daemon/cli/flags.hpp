#pragma once
// Declares each command's flags, help and examples. What is parsed lands in the options structs, which must
// outlive the parser.

#include <CLI/CLI.hpp>
#include <string>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/completion.hpp"
#include "daemon/cli/serve.hpp"

namespace rdpwatch::cli {

/// Everything that may be asked for; only the members of the command that was given are meaningful.
struct CommandLine {
  ServeOptions serve;
  ProbeOptions probe;
  DiagnoseOptions diagnose;
  AuditOptions audit;
  SweepOptions sweep;
  StatusOptions status;
  MaintenanceOptions maintenance;
  HealthcheckOptions healthcheck;
  ExplainOptions explain;
  std::string check_config_file;
  std::string metrics_format = "text";
  std::string runbooks_folder;
  Shell completion_shell = Shell::bash;
  bool no_color = false;
};

void declare_commands(CLI::App& app, CommandLine& line);

}  // namespace rdpwatch::cli
