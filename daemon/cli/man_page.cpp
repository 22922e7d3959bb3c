#include "daemon/cli/man_page.hpp"

#include <CLI/StringTools.hpp>

namespace rdpwatch::cli {
namespace {

/// What no flag says. The paths are those of the Debian package.
constexpr std::string_view kRest = R"(.SH EXIT STATUS
Each command says its own. Those that judge hosts follow the Monitoring Plugins: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
.SH ENVIRONMENT
.TP
.B NO_COLOR
Where it is set and not empty, output has no colours.
.TP
.B RDPWATCH_WEB_CONFIG_FILE
.BR \-\-web.config.file " of " serve " and " healthcheck ,
where the flag is not given.
.TP
.BR NOTIFY_SOCKET ", " WATCHDOG_USEC ", " WATCHDOG_PID
Set by
.BR systemd (1)
for
.BR "rdpwatch serve" :
where to say that the daemon is ready, reloading or stopping, and how often it wants a sign of life of all threads.
.SH FILES
.TP
.I /etc/rdpwatch/rdpwatch.yml
The configuration of rdpwatch.service.
.TP
.I /etc/default/rdpwatch
Its other flags.
.TP
.I /var/lib/rdpwatch
What the daemon knows, where the configuration says that it is to be kept.
.TP
.I /usr/share/rdpwatch
Rules for Prometheus, routes for Alertmanager, dashboards for Grafana, runbooks, the description of the API.
.SH SEE ALSO
.BR systemctl (1),
.BR prometheus (1)
)";

/// Text that roff takes as it stands, also at the begin of a line.
std::string roff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '-')
      out += "\\-";
    else if (c == '\\')
      out += "\\e";
    else if (c == '\'')
      out += "\\(aq";
    else
      out += c;
    line_begins = c == '\n';
  }
  return out;
}

std::string bold(std::string_view text) {
  return "\\fB" + roff(text) + "\\fR";
}

std::string italic(std::string_view text) {
  return "\\fI" + roff(text) + "\\fR";
}

std::string synopsis(const CommandRow& command) {
  std::string text = bold("rdpwatch " + command.name);
  bool flags = false;
  for (const FlagRow& flag : command.flags) {
    if (flag.required)
      text += " " + bold(flag.name) + "=" + italic("VALUE");
    else
      flags = true;
  }
  if (flags) text += " [" + italic("FLAGS") + "]";
  for (const FlagRow& argument : command.positionals)
    text += argument.required ? " " + italic(argument.name) : " [" + italic(argument.name) + "]";
  return text;
}

std::string flag_entry(const FlagRow& flag) {
  std::string text = ".TP\n" + bold(flag.name);
  if (flag.takes_value && flag.name.starts_with("--"))
    text += "=" + italic(flag.default_value.empty() ? "..." : flag.default_value);
  if (flag.required) text += " (required)";
  text += "\n" + roff(flag.help) + "\n";
  if (!flag.choices.empty()) text += "(allowed: " + roff(CLI::detail::join(flag.choices, ", ")) + ")\n";
  return text;
}

/// Paragraphs, and examples as they stand.
std::string footer(const std::string& text) {
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find("\n\n");
    const std::string_view paragraph = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    const auto line = paragraph.find('\n');
    if (paragraph.starts_with("Example"))
      out += ".PP\n" + roff(paragraph.substr(0, line)) + "\n.PP\n.nf\n" + roff(paragraph.substr(line + 1)) +
             "\n.fi\n";
    else
      out += ".PP\n" + roff(paragraph) + "\n";
  }
  return out;
}

}  // namespace

std::string man_page(const CommandTable& table, std::string_view version) {
  std::string page = ".TH RDPWATCH 1 \"\" \"rdpwatch " + roff(version) + "\" \"User Commands\"\n";
  page += ".SH NAME\nrdpwatch \\- probe RDP hosts and say why one can not be reached\n.SH SYNOPSIS\n";
  for (const CommandRow& command : table.commands) page += synopsis(command) + "\n.br\n";
  page += bold("rdpwatch --version") + "\n.SH DESCRIPTION\n" + roff(table.program.help) + "\n";
  page += footer(table.program.footer);
  page += ".SH COMMANDS\n";
  for (const CommandRow& command : table.commands) {
    page += ".SS rdpwatch " + roff(command.name) + "\n" + roff(command.help) + "\n";
    for (const FlagRow& argument : command.positionals) page += flag_entry(argument);
    for (const FlagRow& flag : command.flags) page += flag_entry(flag);
    page += footer(command.footer);
  }
  page += kRest;
  return page;
}

}  // namespace rdpwatch::cli
