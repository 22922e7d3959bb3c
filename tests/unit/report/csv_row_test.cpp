#include "daemon/report/csv_row.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::report {
namespace {

TEST(CsvText, is_quoted_where_needed) {
  EXPECT_EQ(csv_text("plain text"), "plain text");
  EXPECT_EQ(csv_text("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_text("a;b"), "\"a;b\"");
  EXPECT_EQ(csv_text("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_text("two\r\nlines"), "two lines");
}

TEST(CsvText, formulas_are_disarmed) {
  EXPECT_EQ(csv_text("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
  EXPECT_EQ(csv_text("+1"), "'+1");
  EXPECT_EQ(csv_text("-1"), "'-1");
  EXPECT_EQ(csv_text("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(csv_text("\x1b[1m=1"), "'=1");
  EXPECT_EQ(csv_text("\r=1"), "'=1");
  EXPECT_EQ(csv_text("\xef\xbc\x9d"
                     "1"),
            "'\xef\xbc\x9d"
            "1");
  EXPECT_EQ(csv_text("a=1"), "a=1");
}

TEST(CsvRow, cells_in_their_order) {
  CsvRow row;
  row.text("");
  row.text("a,b");
  row.empty(2);
  row.number(0.041);
  row.number(-2.5);
  row.text("-1");
  EXPECT_EQ(row.take(), ",\"a,b\",,,0.041,-2.5,'-1\r\n");
}

TEST(CsvRow, an_empty_first_cell_is_a_cell) {
  CsvRow row;
  row.empty(1);
  row.text("x");
  EXPECT_EQ(row.take(), ",x\r\n");
}

}  // namespace
}  // namespace rdpwatch::report
