#include "daemon/report/text_clean.hpp"

#include <gtest/gtest.h>

#include "daemon/report/text_layout.hpp"

namespace rdpwatch::report {
namespace {

TEST(Clean, escape_sequences_go_whole) {
  EXPECT_EQ(clean("a\x1b[31mred\x1b[0m"), "ared");
  EXPECT_EQ(clean("a\x1b[2;5Hb\x1b[?25l"), "ab");
  EXPECT_EQ(clean("\x1b]0;owned\x07title"), "title");
  EXPECT_EQ(clean("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"), "link");
  EXPECT_EQ(clean("\x1bPq data\x1b\\end"), "end");
  EXPECT_EQ(clean("\x1b"
                  "cfull reset"),
            "full reset");
}

TEST(Clean, unfinished_sequences_hide_no_more_than_themselves) {
  EXPECT_EQ(clean("a\x1b"), "a");
  EXPECT_EQ(clean("a\x1b["), "a");
  EXPECT_EQ(clean("a\x1b[31\nb"), "a b");
  EXPECT_EQ(clean("a\x1b]0;b\x1b[31mc"), "ac");
}

TEST(Clean, control_characters) {
  EXPECT_EQ(clean(std::string_view("a\0b\rc\bd\x7f"
                                   "e\vf",
                                   11)),
            "abcdef");
  EXPECT_EQ(clean("line\nfeed\ttab"), "line feed tab");
  EXPECT_EQ(clean("c1 \xc2\x9b"
                  "31m \xc2\x85."),
            "c1 31m .");
}

TEST(Clean, characters_that_reorder_or_hide_text) {
  EXPECT_EQ(clean("CN=\xe2\x80\xae"
                  "gnp.exe\xe2\x80\xac"),
            "CN=gnp.exe");
  EXPECT_EQ(clean("a\xe2\x80\x8b"
                  "b\xe2\x81\xa6"
                  "c\xef\xbb\xbf"
                  "d\xe2\x80\xa8"
                  "e"),
            "abcde");
}

TEST(Clean, invalid_utf8_becomes_the_replacement_character) {
  EXPECT_EQ(clean("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(clean("a\xc3"), "a\xef\xbf\xbd");
  EXPECT_EQ(clean("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(clean("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(clean("\xf4\x90\x80\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(clean("S\xc3\xb6hne \xf0\x9f\x94\x92"), "S\xc3\xb6hne \xf0\x9f\x94\x92");
}

TEST(Clean, ascii_only) {
  EXPECT_EQ(clean("S\xc3\xb6hne\x1b[1m \xff", false), "S?hne ?");
}

TEST(Layout, widths_count_characters) {
  const TextStyle style;
  EXPECT_EQ(display_width("S\xc3\xb6hne"), 5U);
  EXPECT_EQ(pad_right("\xc3\xb6", 3) + "|", "\xc3\xb6  |");
  EXPECT_EQ(pad_left("12 ms", 8), "   12 ms");
  EXPECT_EQ(shorten(style, "\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6", 3), "\xc3\xb6\xc3\xb6…");
  EXPECT_EQ(shorten(TextStyle{.utf8 = false}, "abcdef", 3), "ab~");
  EXPECT_EQ(shorten(style, "abc", 3), "abc");
}

TEST(Layout, text_goes_on_below_itself) {
  const TextStyle style{.width = 40};
  EXPECT_EQ(labelled(style, "cause", 8, "a firewall that drops, a host that is off, a wrong route"),
            "  cause   a firewall that drops, a host\n          that is off, a wrong route\n");
  EXPECT_EQ(labelled(style, "word", 8, std::string(50, 'x') + " y"),
            "  word    " + std::string(50, 'x') + "\n          y\n");
  EXPECT_EQ(labelled(style, "", 0, "  two   blanks "), "  two blanks\n");
}

TEST(Layout, width_has_bounds) {
  EXPECT_EQ(columns(TextStyle{.width = 0}), 40U);
  EXPECT_EQ(columns(TextStyle{.width = 120}), 120U);
  EXPECT_EQ(columns(TextStyle{.width = 9999}), 200U);
}

}  // namespace
}  // namespace rdpwatch::report
