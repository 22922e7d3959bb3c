#include "daemon/report/csv_row.hpp"

#include <utility>

#include "daemon/report/text_clean.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::report {
namespace {

// Also the full-width forms, which some spreadsheets take for the same.
bool begins_formula(char32_t code) {
  constexpr std::u32string_view kStarts = U"=+-@\uFF1D\uFF0B\uFF0D\uFF20";
  return kStarts.find(code) != std::u32string_view::npos;
}

}  // namespace

std::string csv_text(std::string_view text) {
  std::string value = clean(text);
  if (!value.empty() && begins_formula(first_character(value).code)) value.insert(0, "'");
  // The semicolon is a spreadsheet's separator where the comma is the decimal point.
  if (value.find_first_of(",;\"") == std::string::npos) return value;
  std::string quoted = "\"";
  for (const char c : value) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

void CsvRow::text(std::string_view value) {
  cell(csv_text(value));
}
void CsvRow::number(double value) {
  cell(decimal(value));
}
void CsvRow::empty(int cells) {
  while (cells-- > 0) cell("");
}
std::string CsvRow::take() {
  return std::move(line_) + "\r\n";
}

void CsvRow::cell(std::string_view value) {
  if (!first_) line_ += ',';
  first_ = false;
  line_ += value;
}

}  // namespace rdpwatch::report
