#pragma once
// The command line: declares the commands and their flags, and runs the one that was asked for.

#include <functional>
#include <iosfwd>

#include "daemon/cli/serve.hpp"
#include "daemon/report/text_style.hpp"

namespace rdpwatch::cli {

/// Exit codes of the Monitoring Plugins convention; every usage error is `unknown`.
enum ExitCode : int { kOk = 0, kWarning = 1, kCritical = 2, kUnknown = 3 };

/// Where a command writes: results to `out`, everything else to `err`.
struct Streams {
  std::ostream& out;
  std::ostream& err;
  report::TextStyle out_style;   ///< what `out` can show
  bool err_is_terminal = false;  ///< progress may overwrite its line
};

/// Standard output and standard error of this process, with what the environment says of them (NO_COLOR, COLUMNS, the
/// locale, whether it is a terminal).
Streams standard_streams();

/// The exit code. `serve` is what the command of that name calls with its flags. Never throws.
int run(int argc, const char* const* argv, Streams streams, const std::function<int(const ServeOptions&)>& serve);

}  // namespace rdpwatch::cli
