#pragma once
// A diagnosis as a section of a page: causes with what speaks for and against each, what would confirm it and
// what fixes it. Thread-safe: a pure function.

#include <boost/json/array.hpp>
#include <optional>
#include <vector>

#include "probes/diagnosis/cause_book.hpp"
#include "probes/diagnosis/ranking.hpp"

namespace rdpwatch::pages {

/// For part-step: step_text, step_place, step_command, step_note (what is seen, or what to beware of). Fixes
/// are those for the platform.
boost::json::array check_rows(const diagnosis::Cause& cause);
boost::json::array fix_rows(const diagnosis::Cause& cause, std::optional<diagnosis::Platform> platform);

/// In the order given: cause_title, cause_link, cause_likelihood, cause_blame (in words), cause_for,
/// cause_against (lists of sentences), cause_checks and cause_fixes, each list with a cause_has_... beside
/// it.
boost::json::array cause_rows(const std::vector<diagnosis::RankedCause>& causes,
                              std::optional<diagnosis::Platform> platform);

}  // namespace rdpwatch::pages
