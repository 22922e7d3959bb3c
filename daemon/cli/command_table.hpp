#pragma once
// The commands and their flags as plain data, read from the same parser that reads command lines and writes
// --help: what the man page and the shells' completions are made of.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace rdpwatch::cli {

struct FlagRow {
  std::string name;  ///< "--output"; of a positional argument "TARGET"
  std::string help;
  bool takes_value = true;
  bool required = false;
  std::string default_value;         ///< empty: none
  std::vector<std::string> choices;  ///< the only values that are allowed; empty: others
};

struct CommandRow {
  std::string name;  ///< empty: the program itself
  std::string help;
  std::string footer;  ///< paragraphs; those that begin with "Example" have indented lines
  std::vector<FlagRow> positionals;
  std::vector<FlagRow> flags;
};

struct CommandTable {
  CommandRow program;
  std::vector<CommandRow> commands;  ///< without those that --help does not show
};

CommandTable command_table(CLI::App& app);

/// What kind of path a value names, by the flag's or the argument's own name.
enum class PathKind : std::uint8_t { none, file, folder };
PathKind path_kind(const FlagRow& flag);

}  // namespace rdpwatch::cli
