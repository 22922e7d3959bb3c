#pragma once
// What the environment says of an output: is it a terminal, how wide, does it show colours and UTF-8.

#include <cstddef>
#include <optional>
#include <string>

#include "daemon/report/text_style.hpp"

namespace rdpwatch::cli {

struct TerminalFacts {
  bool is_terminal = false;
  std::size_t window_columns = 0;       ///< 0: unknown
  std::string columns;                  ///< the variable COLUMNS
  std::string term;                     ///< the variable TERM
  std::optional<std::string> no_color;  ///< the variable NO_COLOR, where it is set
  std::string codeset;                  ///< of the locale, for example "UTF-8"
};

/// Of the file descriptor and this process's environment.
TerminalFacts terminal_facts(int descriptor);

/// Colours only on a terminal that has them and without NO_COLOR (any value but empty; no-color.org). The
/// width is COLUMNS, else the window's, else 80.
report::TextStyle text_style(const TerminalFacts& facts);

}  // namespace rdpwatch::cli
