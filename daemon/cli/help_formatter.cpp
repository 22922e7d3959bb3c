#include "daemon/cli/help_formatter.hpp"

namespace rdpwatch::cli {
namespace {

constexpr std::size_t kColumn = 32;
constexpr std::size_t kWidth = 80;

}  // namespace

HelpFormatter::HelpFormatter() {
  column_width(kColumn);
  label("SUBCOMMAND", "COMMAND");
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  if (option->get_positional() || option->get_items_expected_max() == 0) return "";
  const std::string current = option->get_default_str();
  if (option->get_required()) return "=... (required)";
  return current.empty() ? "=..." : "=" + current;
}

// Broken into lines; the caller indents what follows a newline.
std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  const std::string& text = option->get_description();
  std::string out;
  std::size_t used = 0;
  for (const std::string& word : CLI::detail::split(text, ' ')) {
    const bool breaks = used != 0 && used + 1 + word.size() > kWidth - kColumn;
    if (used != 0) out += breaks ? "\n" : " ";
    used = breaks ? word.size() : used + word.size() + (used != 0 ? 1 : 0);
    out += word;
  }
  return out;
}

}  // namespace rdpwatch::cli
