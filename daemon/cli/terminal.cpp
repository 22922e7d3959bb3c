#include "daemon/cli/terminal.hpp"

#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace rdpwatch::cli {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Asked of a locale object of its own, so that the process's locale stays "C" and numbers keep their points.
std::string locale_codeset() {
  const locale_t locale = newlocale(LC_CTYPE_MASK, "", nullptr);
  if (locale == nullptr) return "";
  std::string codeset = nl_langinfo_l(CODESET, locale);
  freelocale(locale);
  return codeset;
}

}  // namespace

TerminalFacts terminal_facts(int descriptor) {
  TerminalFacts facts;
  facts.is_terminal = isatty(descriptor) == 1;
  winsize window{};
  if (facts.is_terminal && ioctl(descriptor, TIOCGWINSZ, &window) == 0) facts.window_columns = window.ws_col;
  facts.columns = variable("COLUMNS");
  facts.term = variable("TERM");
  if (std::getenv("NO_COLOR") != nullptr) facts.no_color = variable("NO_COLOR");
  facts.codeset = locale_codeset();
  return facts;
}

report::TextStyle text_style(const TerminalFacts& facts) {
  report::TextStyle style;
  const bool refused = facts.no_color && !facts.no_color->empty();
  style.colour = facts.is_terminal && facts.term != "dumb" && !facts.term.empty() && !refused;
  style.utf8 = facts.codeset == "UTF-8" || facts.codeset == "utf8";
  if (facts.window_columns > 0) style.width = facts.window_columns;
  std::size_t wanted = 0;
  const char* const end = facts.columns.data() + facts.columns.size();
  const auto [stop, error] = std::from_chars(facts.columns.data(), end, wanted);
  if (error == std::errc() && stop == end && wanted > 0) style.width = wanted;
  return style;
}

}  // namespace rdpwatch::cli
