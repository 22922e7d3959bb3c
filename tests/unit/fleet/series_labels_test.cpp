#include "daemon/fleet/series_labels.hpp"

#include <gtest/gtest.h>

#include "tests/unit/fleet/results.hpp"

namespace rdpwatch::fleet {
namespace {

std::string label(std::string_view value) {
  std::string out;
  append_label(out, "l", value);
  return out;
}

std::string clean(std::string_view text, std::size_t max_bytes = 100) {
  std::string out;
  append_clean_utf8(out, text, max_bytes);
  return out;
}

TEST(SeriesLabels, QuotesBackslashesAndNewlinesAreEscaped) {
  EXPECT_EQ(label("a\"b\\c\nd"), R"(l="a\"b\\c\nd")");
}

TEST(SeriesLabels, ValidUtf8Stays) {
  EXPECT_EQ(label("Z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "l=\"Z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x98\x80\"");
}

TEST(SeriesLabels, InvalidBytesBecomeTheReplacementCharacter) {
  EXPECT_EQ(clean("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(clean("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "overlong";
  EXPECT_EQ(clean("\xE0\x80\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "overlong";
  EXPECT_EQ(clean("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "surrogate";
  EXPECT_EQ(clean("\xF4\x90\x80\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "too high";
  EXPECT_EQ(clean("a\xE2\x82"), "a\xEF\xBF\xBD\xEF\xBF\xBD") << "cut short";
}

TEST(SeriesLabels, ControlCharactersButTheNewlineAreReplaced) {
  EXPECT_EQ(clean(std::string_view("a\0b", 3)),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(clean("a\rb\x7F"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(clean("a\nb"), "a\nb");
}

TEST(SeriesLabels, LongValuesEndAtACharactersBoundary) {
  EXPECT_EQ(clean("abc\xE2\x82\xAC", 5), "abc");
  EXPECT_EQ(clean("abc\xE2\x82\xAC", 6), "abc\xE2\x82\xAC");
  EXPECT_EQ(label(std::string(2000, 'x')), "l=\"" + std::string(512, 'x') + "\"");
}

TEST(SeriesLabels, TargetGroupAddressThenTheInventorysInOrder) {
  inventory::Target target(*test::target("ts01:3389", "rdsh"));
  target.labels = {{"team", "euc"}, {"site", "fra\"1"}};
  EXPECT_EQ(series_labels(target, "10.0.0.9"),
            R"(target="ts01:3389",group="rdsh",address="10.0.0.9",site="fra\"1",team="euc")");
  EXPECT_EQ(series_labels(target, ""), R"(target="ts01:3389",group="rdsh",site="fra\"1",team="euc")");
}

TEST(TargetStatus, HasTheContractsNames) {
  EXPECT_EQ(name(TargetStatus::up), "up");
  EXPECT_EQ(name(TargetStatus::down), "down");
  EXPECT_EQ(name(TargetStatus::flapping), "flapping");
  EXPECT_EQ(name(TargetStatus::unknown), "unknown");
  EXPECT_EQ(name(TargetStatus::maintenance), "maintenance");
}

}  // namespace
}  // namespace rdpwatch::fleet
