#pragma once
// Where a command writes, and the exit codes.

#include <iosfwd>

#include "daemon/report/text_style.hpp"

namespace rdpwatch::cli {

/// The Monitoring Plugins convention; every usage error is kUnknown.
enum ExitCode : int { kOk = 0, kInvalidConfiguration = 1, kUnhealthy = 1, kUnknown = 3 };

struct Streams {
  std::ostream& out;
  std::ostream& err;
  report::TextStyle out_style;   ///< what `out` can show
  bool err_is_terminal = false;  ///< progress may overwrite its line
};

/// Standard output and standard error of this process, with what the environment says of them.
Streams standard_streams();

}  // namespace rdpwatch::cli
