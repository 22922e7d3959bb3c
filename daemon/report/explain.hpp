#pragma once
// `rdpwatch explain`: what a client's code, a cause, a reason, a phase, a finding or a certificate problem
// means and how it is fixed.

#include <optional>
#include <string>

#include "daemon/report/text_style.hpp"

namespace rdpwatch::report {

struct Explanation {
  std::string text;    ///< ends with a newline
  bool known = false;  ///< false: `text` says what is allowed and what may have been meant
};

/// `subject` is a code in hexadecimal (0x904) or decimal (2308) or one of our ids; `extended` only goes with
/// a code.
Explanation explain(const std::string& subject, const std::optional<std::string>& extended,
                    const TextStyle& style);

}  // namespace rdpwatch::report
