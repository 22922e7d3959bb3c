#pragma once
// CSV (RFC 4180: comma, CRLF, quoted where needed), a row at a time.

#include <string>
#include <string_view>

namespace rdpwatch::report {

/// One cell of text. A spreadsheet would run a cell that begins with = + - @ or a control character as a
/// formula: such text gets an apostrophe in front, which spreadsheets take as "this is text".
std::string csv_text(std::string_view text);

/// Collects the cells of one row; numbers are ours and stay as they are.
class CsvRow {
 public:
  void text(std::string_view value);
  void number(double value);
  void empty(int cells);
  /// The row with its line end.
  std::string take();

 private:
  void cell(std::string_view value);

  std::string line_;
  bool first_ = true;
};

}  // namespace rdpwatch::report
