#pragma once
// How --help lists flags: "--flag=VALUE" in one column, the help beside it.

#include <CLI/CLI.hpp>
#include <string>

namespace rdpwatch::cli {

class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace rdpwatch::cli
