#include "daemon/cli/terminal.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "daemon/cli/progress.hpp"

namespace rdpwatch::cli {
namespace {

TerminalFacts terminal() {
  TerminalFacts facts;
  facts.is_terminal = true;
  facts.window_columns = 132;
  facts.term = "xterm-256color";
  facts.codeset = "UTF-8";
  return facts;
}

TEST(TextStyle, of_a_terminal) {
  const report::TextStyle style = text_style(terminal());
  EXPECT_TRUE(style.colour);
  EXPECT_TRUE(style.utf8);
  EXPECT_EQ(style.width, 132U);
}

TEST(TextStyle, no_colours_where_they_are_not_wanted) {
  TerminalFacts facts = terminal();
  facts.no_color = "1";
  EXPECT_FALSE(text_style(facts).colour);
  facts.no_color = "";
  EXPECT_TRUE(text_style(facts).colour);
  facts.term = "dumb";
  EXPECT_FALSE(text_style(facts).colour);
  facts = terminal();
  facts.is_terminal = false;
  EXPECT_FALSE(text_style(facts).colour);
}

TEST(TextStyle, width) {
  TerminalFacts facts;
  EXPECT_EQ(text_style(facts).width, 80U);
  facts.columns = "100";
  EXPECT_EQ(text_style(facts).width, 100U);
  facts.columns = "wide";
  EXPECT_EQ(text_style(facts).width, 80U);
  facts = terminal();
  facts.columns = "0";
  EXPECT_EQ(text_style(facts).width, 132U);
}

TEST(TextStyle, ascii_where_the_locale_is_not_utf8) {
  TerminalFacts facts = terminal();
  facts.codeset = "ANSI_X3.4-1968";
  EXPECT_FALSE(text_style(facts).utf8);
}

TEST(Progress, a_line_for_each_tenth) {
  std::ostringstream err;
  Progress progress(err, false);
  for (std::size_t done = 0; done <= 40; ++done) progress.update(done, 40, done / 20);
  progress.finish();
  EXPECT_EQ(err.str(),
            "10 % (4 of 40), 0 failed\n20 % (8 of 40), 0 failed\n30 % (12 of 40), 0 failed\n"
            "40 % (16 of 40), 0 failed\n50 % (20 of 40), 1 failed\n60 % (24 of 40), 1 failed\n"
            "70 % (28 of 40), 1 failed\n80 % (32 of 40), 1 failed\n90 % (36 of 40), 1 failed\n"
            "100 % (40 of 40), 2 failed\n");
}

TEST(Progress, a_bar_on_a_terminal) {
  std::ostringstream err;
  Progress progress(err, true);
  progress.update(0, 3, 0);
  progress.update(3, 3, 1);
  progress.finish();
  EXPECT_EQ(err.str(),
            "\r[..............................] 0 %  0/3, 0 failed"
            "\r[##############################] 100 %  3/3, 1 failed\n");
}

TEST(Progress, failures_can_be_left_out) {
  std::ostringstream lines;
  Progress plain(lines, false);
  plain.update(0, 6);
  plain.update(3, 6);
  plain.update(4, 4);
  plain.finish();
  EXPECT_EQ(lines.str(), "50 % (3 of 6)\n100 % (4 of 4)\n");
  std::ostringstream bar;
  Progress terminal(bar, true);
  terminal.update(3, 6);
  terminal.finish();
  EXPECT_EQ(bar.str(), "\r[###############...............] 50 %  3/6\n");
}

TEST(Progress, nothing_to_do) {
  std::ostringstream err;
  Progress progress(err, true);
  progress.update(0, 0, 0);
  progress.finish();
  EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace rdpwatch::cli
