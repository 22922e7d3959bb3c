#pragma once
// A sweep as CSV (RFC 4180: comma, CRLF, quoted where needed), one row an endpoint, worst first, with a
// header row.

#include <string>
#include <string_view>

#include "daemon/report/sweep.hpp"

namespace rdpwatch::report {

std::string to_csv(const SweepSummary& summary, const Thresholds& thresholds);

/// One cell of text. A spreadsheet would run a cell that begins with = + - @ or a control character as a
/// formula: such text gets an apostrophe in front, which spreadsheets take as "this is text".
std::string csv_text(std::string_view text);

}  // namespace rdpwatch::report
