#pragma once
// The part of `explain` for the codes of Microsoft's clients.

#include "daemon/report/explain.hpp"
#include "probes/diagnosis/client_codes.hpp"

namespace rdpwatch::report {

Explanation explain_code(const diagnosis::WrittenCode& code, const std::optional<std::string>& extended,
                         const TextStyle& style);

}  // namespace rdpwatch::report
