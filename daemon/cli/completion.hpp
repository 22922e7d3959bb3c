#pragma once
// Completions of the command line for shells. Each is a script that the shell reads once.

#include <cstdint>
#include <string>

#include "daemon/cli/command_table.hpp"

namespace rdpwatch::cli {

enum class Shell : std::uint8_t { bash, fish, zsh };

std::string completion(const CommandTable& table, Shell shell);

}  // namespace rdpwatch::cli
