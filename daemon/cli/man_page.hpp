#pragma once
// The manual page rdpwatch(1), in the language of man(7).

#include <string>
#include <string_view>

#include "daemon/cli/command_table.hpp"

namespace rdpwatch::cli {

std::string man_page(const CommandTable& table, std::string_view version);

}  // namespace rdpwatch::cli
