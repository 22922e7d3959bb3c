#pragma once
// A sweep as CSV, one row an endpoint, worst first, with a header row.

#include <string>

#include "daemon/report/sweep.hpp"

namespace rdpwatch::report {

std::string to_csv(const SweepSummary& summary, const Thresholds& thresholds);

}  // namespace rdpwatch::report
