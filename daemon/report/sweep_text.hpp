#pragma once
// A sweep as a report for people: failures in groups, then certificates that need care, then totals.

#include <string>

#include "daemon/report/sweep.hpp"
#include "daemon/report/text_style.hpp"

namespace rdpwatch::report {

std::string to_text(const Sweep& sweep, const SweepSummary& summary, const TextStyle& style);

}  // namespace rdpwatch::report
