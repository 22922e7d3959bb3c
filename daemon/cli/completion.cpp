#include "daemon/cli/completion.hpp"

#include <CLI/StringTools.hpp>

namespace rdpwatch::cli {
namespace {

/// Help becomes part of a quoted string; a shell's own signs in it are left out rather than escaped three
/// ways.
std::string plain(const std::string& help) {
  std::string out;
  for (const char c : help) {
    if (c == '[')
      out += '(';
    else if (c == ']')
      out += ')';
    else if (std::string_view("'\"\\`$:").find(c) == std::string_view::npos)
      out += c;
    else if (c == ':')
      out += " -";
  }
  return out;
}

std::string names(const CommandTable& table) {
  std::string out;
  for (const CommandRow& command : table.commands) out += command.name + " ";
  return out;
}

/// The arguments of one command in a case of bash. A flag with a value ends in "=", and the value follows at
/// once.
std::string bash_flags(const CommandRow& command) {
  std::string out;
  for (const FlagRow& flag : command.flags) out += flag.name + (flag.takes_value ? "= " : " ");
  return out;
}

std::string bash_paths(PathKind kind) {
  return kind == PathKind::folder ? "_rdpwatch_paths -d" : "_rdpwatch_paths -f";
}

std::string bash_values(const CommandRow& command) {
  std::string out;
  for (const FlagRow& flag : command.flags) {
    if (!flag.takes_value) continue;
    out += "    '" + command.name + " " + flag.name + "') ";
    if (!flag.choices.empty())
      out += "_rdpwatch_words '" + CLI::detail::join(flag.choices, " ") + "'; ";
    else if (path_kind(flag) != PathKind::none)
      out += bash_paths(path_kind(flag)) + "; ";
    out += "return ;;\n";
  }
  return out;
}

std::string bash(const CommandTable& table) {
  std::string values;
  std::string flags;
  std::string arguments;
  for (const CommandRow& command : table.commands) {
    values += bash_values(command);
    flags += "    " + command.name + ") _rdpwatch_words '" + bash_flags(command) + "' ;;\n";
    if (command.positionals.empty()) continue;
    const FlagRow& first = command.positionals.front();
    if (!first.choices.empty())
      arguments +=
          "    " + command.name + ") _rdpwatch_words '" + CLI::detail::join(first.choices, " ") + "' ;;\n";
    else if (path_kind(first) != PathKind::none)
      arguments += "    " + command.name + ") " + bash_paths(path_kind(first)) + " ;;\n";
  }
  return R"(# Completion of rdpwatch for bash; made by `rdpwatch completion bash`.

_rdpwatch_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}

_rdpwatch_paths() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$current")
}

_rdpwatch() {
  local current=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    _rdpwatch_words ')" +
         names(table) + R"(--help --version'
    return
  fi
  # The shell makes words of their own of equals signs.
  if [[ $current == = ]]; then
    current=
  elif [[ $flag == = ]]; then
    flag=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case "$command $flag" in
)" + values +
         R"(  esac
  if [[ $current == -* ]]; then
    case $command in
)" + flags +
         R"(    esac
    return
  fi
  case $command in
)" + arguments +
         R"(  esac
}

complete -F _rdpwatch rdpwatch
)";
}

std::string zsh_value(const FlagRow& flag) {
  if (!flag.choices.empty()) return "(" + CLI::detail::join(flag.choices, " ") + ")";
  switch (path_kind(flag)) {
    case PathKind::file:
      return "_files";
    case PathKind::folder:
      return "_files -/";
    case PathKind::none:
      break;
  }
  return " ";
}

std::string zsh(const CommandTable& table) {
  std::string commands;
  std::string cases;
  for (const CommandRow& command : table.commands) {
    commands += "    '" + command.name + ":" + plain(command.help) + "'\n";
    cases += "    " + command.name + ")\n      _arguments";
    for (const FlagRow& flag : command.flags) {
      cases += " \\\n        '*" + flag.name + (flag.takes_value ? "=" : "") + "[" + plain(flag.help) + "]";
      cases += flag.takes_value ? ":value:" + zsh_value(flag) + "'" : "'";
    }
    int place = 1;
    for (const FlagRow& argument : command.positionals)
      cases +=
          " \\\n        '" + std::to_string(place++) + ":" + argument.name + ":" + zsh_value(argument) + "'";
    cases += "\n      ;;\n";
  }
  return R"(#compdef rdpwatch
# Completion of rdpwatch for zsh; made by `rdpwatch completion zsh`.

_rdpwatch() {
  local -a commands
  commands=(
)" + commands +
         R"(  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
)" + cases +
         R"(  esac
}

if [[ $funcstack[1] == _rdpwatch ]]; then
  _rdpwatch "$@"
else
  compdef _rdpwatch rdpwatch
fi
)";
}

std::string fish_value(const FlagRow& flag) {
  if (!flag.choices.empty()) return " -x -a '" + CLI::detail::join(flag.choices, " ") + "'";
  switch (path_kind(flag)) {
    case PathKind::file:
      return " -r -F";
    case PathKind::folder:
      return " -x -a '(__fish_complete_directories)'";
    case PathKind::none:
      break;
  }
  return flag.takes_value ? " -x" : "";
}

std::string fish(const CommandTable& table) {
  std::string out =
      "# Completion of rdpwatch for fish; made by `rdpwatch completion fish`.\ncomplete -c rdpwatch -f\n";
  for (const CommandRow& command : table.commands) {
    out += "complete -c rdpwatch -n __fish_use_subcommand -a " + command.name + " -d '" +
           plain(command.help) + "'\n";
    const std::string begin = "complete -c rdpwatch -n '__fish_seen_subcommand_from " + command.name + "'";
    for (const FlagRow& flag : command.flags)
      out += begin + " -l " + flag.name.substr(2) + fish_value(flag) + " -d '" + plain(flag.help) + "'\n";
    for (const FlagRow& argument : command.positionals) {
      if (!argument.choices.empty()) out += begin + fish_value(argument) + "\n";
      if (path_kind(argument) != PathKind::none) out += begin + " -F\n";
    }
  }
  return out;
}

}  // namespace

std::string completion(const CommandTable& table, Shell shell) {
  switch (shell) {
    case Shell::bash:
      return bash(table);
    case Shell::fish:
      return fish(table);
    case Shell::zsh:
      return zsh(table);
  }
  return {};
}

}  // namespace rdpwatch::cli
