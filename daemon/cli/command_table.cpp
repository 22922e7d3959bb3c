#include "daemon/cli/command_table.hpp"

#include "daemon/cli/flag_values.hpp"

namespace rdpwatch::cli {
namespace {

FlagRow flag_row(CLI::Option& option) {
  FlagRow row;
  row.name = option.get_positional() ? option.get_name(true) : "--" + option.get_lnames().front();
  row.help = option.get_description();
  row.takes_value = option.get_items_expected_max() != 0;
  row.required = option.get_required();
  row.default_value = option.get_default_str();
  row.choices = choices_of(option);
  return row;
}

CommandRow command_row(CLI::App& app) {
  CommandRow row{app.get_name(), app.get_description(), app.get_footer(), {}, {}};
  for (CLI::Option* option : app.get_options()) {
    auto& rows = option->get_positional() ? row.positionals : row.flags;
    rows.push_back(flag_row(*option));
  }
  return row;
}

}  // namespace

CommandTable command_table(CLI::App& app) {
  CommandTable table{command_row(app), {}};
  table.program.name.clear();
  for (CLI::App* command : app.get_subcommands({})) {
    if (!command->get_group().empty()) table.commands.push_back(command_row(*command));
  }
  return table;
}

PathKind path_kind(const FlagRow& flag) {
  if (flag.name.ends_with(".file") || flag.name == "FILE") return PathKind::file;
  return flag.name == "DIR" ? PathKind::folder : PathKind::none;
}

}  // namespace rdpwatch::cli
