#include "daemon/cli/cli.hpp"

#include <openssl/crypto.h>
#include <unistd.h>

#include <exception>
#include <iostream>

#include "daemon/cli/command_table.hpp"
#include "daemon/cli/completion.hpp"
#include "daemon/cli/flags.hpp"
#include "daemon/cli/help_formatter.hpp"
#include "daemon/cli/man_page.hpp"
#include "daemon/cli/terminal.hpp"
#include "daemon/report/suggestions.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/report/version.hpp"

namespace rdpwatch::cli {
namespace {

// The command that was given, or the program itself.
const CLI::App& given(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? app : *commands.front();
}

std::string unknown_command(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  std::string text = word.empty() ? "a command is missing" : "\"" + report::clean(word) + "\" is no command";
  const std::string nearest = report::did_you_mean(word, {names.begin(), names.end()});
  if (!nearest.empty()) text += ", " + nearest;
  text += "\nallowed:";
  for (const std::string& name : names) text += " " + name;
  return text;
}

// `word`: the first argument, empty when there is none.
int usage_error(const CLI::App& app, const std::string& word, const CLI::ParseError& error,
                const Streams& streams) {
  const CLI::App& command = given(app);
  const bool no_command = &command == &app;
  const std::string name = &command == &app ? "rdpwatch" : "rdpwatch " + command.get_name();
  streams.err << name << ": "
              << (no_command ? unknown_command(app, word.starts_with('-') ? "" : word)
                             : report::clean(error.what()))
              << "\nsee " << name << " --help\n";
  return kUnknown;
}

int run_command(const std::string& name, const CommandLine& line, const Streams& streams,
                const std::function<int(const ServeOptions&)>& serve) {
  if (name == "serve") return serve(line.serve);
  if (name == "probe") return probe(line.probe, streams);
  if (name == "diagnose") return diagnose(line.diagnose, streams);
  if (name == "audit") return audit(line.audit, streams);
  if (name == "sweep") return sweep(line.sweep, streams);
  if (name == "status") return status(line.status, streams);
  if (name == "maintenance") return maintenance(line.maintenance, streams);
  if (name == "healthcheck") return healthcheck(line.healthcheck, streams);
  if (name == "explain") return explain(line.explain, streams);
  if (name == "check-config") return check_config(line.check_config_file, streams);
  if (name == "print-runbooks") return print_runbooks(line.runbooks_folder, streams);
  return print_metrics(line.metrics_format, streams);
}

int parse_and_run(int argc, const char* const* argv, Streams& streams,
                  const std::function<int(const ServeOptions&)>& serve) {
  CLI::App app("rdpwatch probes RDP hosts and says for each whether it can be reached, and if not, why.",
               "rdpwatch");
  CommandLine line;
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_version_flag(
      "--version", [] { return report::version_text(OpenSSL_version(OPENSSL_VERSION)); },
      "version, revision, compiler and libraries");
  declare_commands(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    streams.out << app.help();
    return kOk;
  } catch (const CLI::CallForVersion& version) {
    streams.out << version.what();
    return kOk;
  } catch (const CLI::ParseError& error) {
    return usage_error(app, argc > 1 ? argv[1] : "", error, streams);
  }
  if (line.no_color) streams.out_style.colour = false;
  const std::string name = given(app).get_name();
  if (name == "completion" || name == "print-man-page") {
    const CommandTable table = command_table(app);
    streams.out << (name == "completion" ? completion(table, line.completion_shell)
                                         : man_page(table, report::version().version));
    return kOk;
  }
  return run_command(name, line, streams, serve);
}

}  // namespace

Streams standard_streams() {
  return {std::cout, std::cerr, text_style(terminal_facts(STDOUT_FILENO)),
          terminal_facts(STDERR_FILENO).is_terminal};
}

int run(int argc, const char* const* argv, Streams streams,
        const std::function<int(const ServeOptions&)>& serve) {
  try {
    const int code = parse_and_run(argc, argv, streams, serve);
    if (streams.out.flush()) return code;
    streams.err << "rdpwatch: the output can't be written\n";
  } catch (const std::exception& error) {
    streams.err << "rdpwatch: " << report::clean(error.what()) << "\n";
  }
  return kUnknown;
}

}  // namespace rdpwatch::cli
