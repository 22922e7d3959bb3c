#include "daemon/cli/flags.hpp"

#include <map>

#include "daemon/cli/flag_values.hpp"

namespace rdpwatch::cli {
namespace {

constexpr double kMostDays = 36500;
/// One setting for the daemon and for the check of its health, which in a container have no flag in common.
constexpr const char* kWebConfigVariable = "RDPWATCH_WEB_CONFIG_FILE";

template <typename Value>
CLI::Option* add_value(CLI::App& command, const std::string& name, Value& value, const std::string& help) {
  return command.add_option(name, value, help);
}

// One value each time the flag is given, so that a positional argument may follow it.
CLI::Option* add_list(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                      const std::string& help) {
  return command.add_option(name, values, help)->allow_extra_args(false)->take_all();
}

template <typename Enum>
CLI::Option* add_choice(CLI::App& command, const std::string& name, Enum& value,
                        const std::map<std::string, Enum>& choices, const std::string& help) {
  std::vector<std::string> names;
  std::string current;
  for (const auto& [text, choice] : choices) {
    names.push_back(text);
    if (choice == value) current = text;
  }
  return command
      .add_option_function<std::string>(
          name, [&value, choices](const std::string& text) { value = choices.at(text); }, help)
      ->check(one_of(names))
      ->default_str(current);
}

void add_thresholds(CLI::App& command, report::Thresholds& thresholds) {
  add_value(command, "--warning-days", thresholds.warning_days,
            "WARNING when the certificate ends within so many days")
      ->check(days(kMostDays))
      ->default_str("21");
  add_value(command, "--critical-days", thresholds.critical_days,
            "CRITICAL when the certificate ends within so many days")
      ->check(days(kMostDays))
      ->default_str("7");
}

void add_no_color(CLI::App& command, CommandLine& line) {
  command.add_flag("--no-color", line.no_color,
                   "no colours on a terminal either; so does the variable NO_COLOR");
}

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& what) {
  return *app.add_subcommand(name, what)->group("Commands");
}

void declare_serve(CLI::App& app, CommandLine& line) {
  CLI::App& command = add_command(app, "serve", "run the daemon in the foreground");
  ServeOptions& options = line.serve;
  add_value(command, "--config.file", options.config_file, "the configuration, YAML")->required();
  command.add_flag("--config.check", options.config_check, "check the configuration and leave");
  add_list(command, "--web.listen-address", options.listen_addresses,
           "host:port, [v6]:port or :port for all addresses; may be repeated")
      ->check(listen_address())
      ->default_str(":9839");
  add_value(
      command, "--web.config.file", options.web_config_file,
      "TLS, passwords, headers and a rate limit for this daemon's own web server: a file in the format of "
      "Prometheus's exporters, read anew whenever it changes (or the variable RDPWATCH_WEB_CONFIG_FILE)")
      ->envname(kWebConfigVariable);
  add_value(command, "--web.external-url", options.external_url,
            "the URL under which people reach this daemon, where a proxy stands before it")
      ->check(web_url());
  command.add_flag("--web.enable-lifecycle", options.enable_lifecycle, "allow POST /-/reload");
  add_value(command, "--events.file", options.events_file,
            "append each event to this file as a line of JSON, - for stdout; SIGHUP opens it anew");
  add_choice<log::Level>(command, "--log.level", options.log_level,
                         {{"info", log::Level::info},
                          {"debug", log::Level::debug},
                          {"warn", log::Level::warn},
                          {"error", log::Level::error}},
                         "debug, info, warn or error");
  add_choice<log::Format>(command, "--log.format", options.log_format,
                          {{"logfmt", log::Format::logfmt}, {"json", log::Format::json}}, "logfmt or json");
  command.footer(
      "SIGHUP reads the configuration again; SIGTERM and SIGINT stop the daemon.\n"
      "Exit codes: 0 after an orderly stop, 1 configuration not valid, 3 usage.\n\n"
      "Examples:\n"
      "  rdpwatch serve --config.file=/etc/rdpwatch/rdpwatch.yml\n"
      "  rdpwatch serve --config.file=rdpwatch.yml --web.listen-address=127.0.0.1:9839 --log.format=json");
}

void declare_probe(CLI::App& app, CommandLine& line) {
  CLI::App& command =
      add_command(app, "probe", "probe one host and say how far the handshake comes, or why not");
  ProbeOptions& options = line.probe;
  command.add_option("TARGET", options.target, "host, host:port or [v6]:port; the default port is 3389")
      ->required();
  add_value(command, "--module", options.module,
            "the recipe: tcp, negotiate, tls, nla, licensing or one of the configuration's (default: the "
            "target's, else tls)");
  add_value(command, "--config.file", options.config_file,
            "take modules, resolver and the target's settings from this configuration");
  add_value(command, "--timeout", options.timeout,
            "of the whole probe, 1s to 50s (default: the configuration's, else 10s)")
      ->check(duration_between(std::chrono::seconds(1), std::chrono::seconds(50)));
  add_choice<ProbeOutput>(
      command, "--output", options.output,
      {{"text", ProbeOutput::text}, {"json", ProbeOutput::json}, {"plugin", ProbeOutput::plugin}},
      "text for people, json (schema rdpwatch.probe/1), or plugin: one line for Nagios, Icinga and "
      "checkmk");
  add_thresholds(command, options.thresholds);
  add_no_color(command, line);
  command.footer(
      "Exit codes: 0 OK; 1 WARNING: certificate within --warning-days or with a problem; 2 CRITICAL: the "
      "probe\n"
      "failed, or the certificate is within --critical-days; 3 UNKNOWN: usage, configuration, our own "
      "machine.\n\n"
      "Examples:\n"
      "  rdpwatch probe ts09.corp.example.com\n"
      "  rdpwatch probe ts09:3390 --module=negotiate --timeout=5s\n"
      "  rdpwatch probe '[2001:db8::9]:3389' --output=json\n"
      "  rdpwatch probe ts09 --config.file=/etc/rdpwatch/rdpwatch.yml --output=plugin --warning-days=30");
}

void declare_diagnose(CLI::App& app, CommandLine& line) {
  CLI::App& command = add_command(app, "diagnose", "why one host fails: experiments, likely causes, fixes");
  DiagnoseOptions& options = line.diagnose;
  command.add_option("TARGET", options.target, "host, host:port or [v6]:port; the default port is 3389")
      ->required();
  add_value(command, "--config.file", options.config_file,
            "take the target's settings and group, modules and resolver from this configuration; others of "
            "the group are probed for comparison");
  add_value(command, "--module", options.module, "the recipe (default: the target's, else tls)");
  add_value(command, "--timeout", options.timeout,
            "of each probe, 1s to 50s (default: the configuration's, else 10s)")
      ->check(duration_between(std::chrono::seconds(1), std::chrono::seconds(50)));
  command.add_flag("--quick", options.quick,
                   "leave out the one connection that waits up to 75 s for timers of servers and firewalls");
  add_choice<DiagnoseOutput>(
      command, "--output", options.output,
      {{"text", DiagnoseOutput::text},
       {"json", DiagnoseOutput::json},
       {"markdown", DiagnoseOutput::markdown}},
      "text for people, markdown for a ticket, or json (schema rdpwatch.probe/1 with causes)");
  add_thresholds(command, options.thresholds);
  add_no_color(command, line);
  command.footer(
      "The host is probed, confirmed, and asked at most six times more, one connection after another with a "
      "second\n"
      "between them; up to nine others of its group once. No credentials are sent and nobody is logged on.\n"
      "Progress goes to standard error. Exit codes as of probe.\n\n"
      "Examples:\n"
      "  rdpwatch diagnose ts09.corp.example.com\n"
      "  rdpwatch diagnose ts09 --config.file=/etc/rdpwatch/rdpwatch.yml\n"
      "  rdpwatch diagnose ts09:3390 --quick --output=markdown > ticket.md");
}

void declare_audit(CLI::App& app, CommandLine& line) {
  CLI::App& command = add_command(app, "audit", "what security a host accepts: protocols, NLA, TLS versions");
  AuditOptions& options = line.audit;
  command.add_option("TARGET", options.targets,
                     "host, host:port or [v6]:port, several if you like; none: the whole inventory");
  add_value(command, "--config.file", options.config_file,
            "take the inventory, modules, resolver and limits from this configuration");
  add_list(command, "--group", options.groups, "without TARGET: only this group; may be repeated");
  add_value(command, "--module", options.module,
            "names, CA file and cookie of this module (default: the target's, else tls)");
  add_value(command, "--timeout", options.timeout,
            "of each connection, 1s to 50s (default: the configuration's, else 10s)")
      ->check(duration_between(std::chrono::seconds(1), std::chrono::seconds(50)));
  add_choice<AuditOutput>(
      command, "--output", options.output,
      {{"text", AuditOutput::text}, {"csv", AuditOutput::csv}, {"json", AuditOutput::json}},
      "text for people, csv for a spreadsheet, or json (schema rdpwatch.audit/1; an array for several "
      "hosts)");
  add_thresholds(command, options.thresholds);
  add_no_color(command, line);
  command.footer(
      "Each host is asked 5 to 9 times, one connection after another with a second between them, within the "
      "same limits\n"
      "as probes. No credentials are sent and nobody is logged on.\n\n"
      "Exit codes: 0 OK; 1 WARNING: there are findings, or a question stayed open; 2 CRITICAL: too little "
      "could "
      "be learnt,\n"
      "or the certificate is within --critical-days; 3 UNKNOWN: usage, configuration, our own machine.\n\n"
      "Examples:\n"
      "  rdpwatch audit ts09.corp.example.com\n"
      "  rdpwatch audit ts09 ts10 --output=json\n"
      "  rdpwatch audit --config.file=/etc/rdpwatch/rdpwatch.yml --group=rdsh-emea --output=csv > "
      "posture.csv");
}

void declare_sweep(CLI::App& app, CommandLine& line) {
  CLI::App& command = add_command(app, "sweep", "probe the whole inventory once, worst first");
  SweepOptions& options = line.sweep;
  add_value(command, "--config.file", options.config_file, "the configuration with the inventory")
      ->required();
  add_list(command, "--group", options.groups, "only this group; may be repeated");
  add_list(command, "--module", options.modules, "only targets of this module; may be repeated");
  add_choice<SweepOutput>(
      command, "--output", options.output,
      {{"text", SweepOutput::text}, {"csv", SweepOutput::csv}, {"json", SweepOutput::json}},
      "text for people, csv for a spreadsheet, or json (schema rdpwatch.sweep/1)");
  add_thresholds(command, options.thresholds);
  add_no_color(command, line);
  command.footer(
      "Progress goes to standard error. Ctrl-C ends the sweep and prints what is there. Exit codes as of "
      "probe, of\n"
      "the worst host; 3 also for an interrupted sweep without failures.\n\n"
      "Examples:\n"
      "  rdpwatch sweep --config.file=rdpwatch.yml\n"
      "  rdpwatch sweep --config.file=rdpwatch.yml --group=rdsh-emea --output=csv > rollout.csv");
}

void declare_status(CLI::App& app, CommandLine& line) {
  CLI::App& command = add_command(app, "status", "the fleet of a running daemon, worst first");
  StatusOptions& options = line.status;
  add_value(command, "--url", options.url, "where the daemon is")
      ->check(web_url())
      ->default_str("http://127.0.0.1:9839");
  add_list(command, "--state", options.states,
           "list targets in this state (default: down, flapping and unknown); may be repeated")
      ->check(one_of({"up", "down", "flapping", "unknown", "maintenance"}));
  add_list(command, "--group", options.groups, "count and list only this group; may be repeated");
  add_value(command, "--limit", options.limit, "targets to list, 1 to 1000")
      ->check(CLI::Range(1, 1000))
      ->default_str("20");
  add_choice<StatusOutput>(command, "--output", options.output,
                           {{"text", StatusOutput::text}, {"json", StatusOutput::json}},
                           "text for people, or json: what the daemon's API says");
  add_no_color(command, line);
  command.footer(
      "Exit codes: 0 all are up; 1 WARNING: one is flapping or was not probed yet, or the daemon's clock, "
      "reload "
      "or\n"
      "inventory needs care; 2 CRITICAL: one is down; 3 UNKNOWN: usage, or the daemon can't be asked.\n\n"
      "Examples:\n"
      "  rdpwatch status\n"
      "  rdpwatch status --url=http://prober.corp.example.com:9839 --group=rdsh-emea\n"
      "  rdpwatch status --state=down --limit=100 --output=json");
}

void declare_maintenance(CLI::App& app, CommandLine& line) {
  CLI::App& command = add_command(app, "maintenance", "who is in maintenance; start one, end one");
  MaintenanceOptions& options = line.maintenance;
  command.add_option("ACTION", options.action, "start, list or end")
      ->required()
      ->check(one_of({"start", "list", "end"}));
  command.add_option("ID", options.id, "the maintenance to end, as list shows it");
  add_value(command, "--url", options.url, "where the daemon is")
      ->check(web_url())
      ->default_str("http://127.0.0.1:9839");
  add_list(command, "--match", options.match,
           "what to cover: group=NAME, target=GLOB (with * and ?) or label=value; may be repeated: of equal "
           "keys one must fit, different ones all");
  add_value(command, "--for", options.duration, "how long it goes on, 1m to 30d; it ends by itself")
      ->check(duration_between(std::chrono::minutes(1), std::chrono::hours(30 * 24)));
  add_value(command, "--reason", options.reason, "for those who wonder");
  add_value(command, "--by", options.by, "who you are (default: the user that runs this)");
  command.add_flag("--allow-empty", options.allow_empty, "start it although no target is covered yet");
  add_choice<StatusOutput>(command, "--output", options.output,
                           {{"text", StatusOutput::text}, {"json", StatusOutput::json}},
                           "text for people, or json: what the daemon's API says");
  command.footer(
      "Probing goes on. A target that is covered and down is in the state maintenance and pages nobody.\n"
      "A daemon takes changes from its own machine, and over HTTP from those who prove who they are.\n"
      "Exit codes: 0 done; 3 usage, or the daemon refuses or can't be asked.\n\n"
      "Examples:\n"
      "  rdpwatch maintenance start --match site=fra1 --for 2h --reason \"new switches\"\n"
      "  rdpwatch maintenance start --match group=rdsh-emea --match 'target=ts0*' --for 30m --reason reboot\n"
      "  rdpwatch maintenance list\n"
      "  rdpwatch maintenance end m3f9a61c2");
}

void declare_healthcheck(CLI::App& app, CommandLine& line) {
  CLI::App& command =
      add_command(app, "healthcheck", "whether the daemon of this machine answers, for containers");
  HealthcheckOptions& options = line.healthcheck;
  add_list(command, "--web.listen-address", options.listen_addresses,
           "where serve was told to listen; may be repeated, then each must answer")
      ->check(listen_address())
      ->default_str(":9839");
  add_value(command, "--web.config.file", options.web_config_file,
            "serve's, which says whether it speaks TLS; its certificate is not verified (or the variable "
            "RDPWATCH_WEB_CONFIG_FILE)")
      ->envname(kWebConfigVariable);
  add_value(command, "--url", options.url, "ask there instead, http:// or https://")->check(web_url());
  command.footer(
      "No password is needed: that it asks for one, for a client's certificate or for patience is an answer "
      "too.\n"
      "Exit codes: 0 it answers that it is ready; 1 it does not, within 5 seconds; 3 usage.\n\n"
      "Examples:\n"
      "  rdpwatch healthcheck\n"
      "  rdpwatch healthcheck --web.listen-address=:9840 --web.config.file=/etc/rdpwatch/web.yml");
}

void declare_explain(CLI::App& app, CommandLine& line) {
  CLI::App& command =
      add_command(app, "explain", "what a client's code, a cause or one of our reasons means, and the fix");
  command
      .add_option("CODE", line.explain.subject,
                  "a code of a Remote Desktop client (0x904 or decimal 2308), a cause, a reason, a phase or "
                  "a finding")
      ->required();
  command.add_option("EXTENDED", line.explain.extended, "the extended code that the client shows with it");
  add_no_color(command, line);
  command.footer(
      "Exit codes: 0; 3 when nothing is known of it.\n\n"
      "Examples:\n"
      "  rdpwatch explain 0x904 0x7\n"
      "  rdpwatch explain 2308\n"
      "  rdpwatch explain private_key_unreadable\n"
      "  rdpwatch explain connection_reset\n"
      "  rdpwatch explain tls");
}

void declare_rest(CLI::App& app, CommandLine& line) {
  CLI::App& check = add_command(app, "check-config", "check a configuration and list all its errors");
  check.add_option("FILE", line.check_config_file, "the configuration, YAML")->required();
  check.footer(
      "Exit codes: 0 valid, 1 not valid.\n\nExample:\n  rdpwatch check-config /etc/rdpwatch/rdpwatch.yml");

  CLI::App& metrics = add_command(app, "print-metrics", "the catalogue of metrics");
  add_value(metrics, "--format", line.metrics_format, "text, markdown or json")
      ->check(one_of({"text", "markdown", "json"}))
      ->default_str("text");
  metrics.footer("Example:\n  rdpwatch print-metrics --format=markdown");

  CLI::App& runbooks =
      add_command(app, "print-runbooks", "write a page for each cause of a failure, in Markdown");
  runbooks
      .add_option("DIR", line.runbooks_folder, "the folder to write to; pages of the same name are replaced")
      ->required();
  runbooks.footer(
      "Exit codes: 0; 3 when a page can't be written.\n\nExample:\n  rdpwatch print-runbooks /tmp/runbooks");

  CLI::App& completion = add_command(app, "completion", "print the completion script for a shell");
  add_choice<Shell>(completion, "SHELL", line.completion_shell,
                    {{"bash", Shell::bash}, {"fish", Shell::fish}, {"zsh", Shell::zsh}}, "bash, fish or zsh")
      ->required();
  completion.footer("Example:\n  rdpwatch completion bash > /etc/bash_completion.d/rdpwatch");

  // For the package's build.
  app.add_subcommand("print-man-page", "print the manual page")->group("");
}

}  // namespace

void declare_commands(CLI::App& app, CommandLine& line) {
  app.require_subcommand(1);
  declare_probe(app, line);
  declare_diagnose(app, line);
  declare_audit(app, line);
  declare_sweep(app, line);
  declare_status(app, line);
  declare_maintenance(app, line);
  declare_healthcheck(app, line);
  declare_explain(app, line);
  declare_serve(app, line);
  declare_rest(app, line);
  app.footer(
      "Examples:\n"
      "  rdpwatch probe ts09.corp.example.com\n"
      "  rdpwatch diagnose ts09.corp.example.com\n"
      "  rdpwatch explain 0x904 0x7\n"
      "  rdpwatch serve --config.file=/etc/rdpwatch/rdpwatch.yml\n\n"
      "rdpwatch COMMAND --help tells more.");
}

}  // namespace rdpwatch::cli
