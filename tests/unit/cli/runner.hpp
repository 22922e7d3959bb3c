#pragma once
// Runs a command line in this process, with a configuration file if it needs one.

#include <sstream>
#include <string>
#include <vector>

#include "daemon/cli/cli.hpp"
#include "tests/support/temp_dir.hpp"

namespace rdpwatch::cli {

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
  std::vector<ServeOptions> served;  ///< what serve was called with
};

inline Ran run_line(const std::vector<std::string>& arguments, bool err_is_terminal = false) {
  std::vector<const char*> argv{"rdpwatch"};
  for (const auto& argument : arguments) argv.push_back(argument.c_str());
  std::ostringstream out;
  std::ostringstream err;
  Ran ran;
  const auto serve = [&](const ServeOptions& options) {
    ran.served.push_back(options);
    return 0;
  };
  ran.code = run(static_cast<int>(argv.size()), argv.data(), Streams{out, err, {}, err_is_terminal}, serve);
  ran.out = out.str();
  ran.err = err.str();
  return ran;
}

/// The argument that names a configuration file with this text.
inline std::string config_argument(const test::TempDir& folder, const std::string& text) {
  return "--config.file=" + folder.write("rdpwatch.yml", text);
}

}  // namespace rdpwatch::cli
