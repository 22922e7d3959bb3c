#include "config/duration.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::config {
namespace {

using namespace std::chrono_literals;

TEST(Duration, units_and_sums_of_them) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(parse_duration("2w"), 24h * 14);
  EXPECT_EQ(parse_duration("1y"), 24h * 365);
  EXPECT_EQ(parse_duration("1y2w3d4h5m6s7ms"), 24h * (365 + 14 + 3) + 4h + 5min + 6s + 7ms);
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("0"), 0ms);
  EXPECT_EQ(parse_duration("0s"), 0ms);
  EXPECT_EQ(parse_duration("100y"), 24h * 36500);
}

TEST(Duration, everything_else_is_none) {
  for (const char* text : {"", "1", "s", "30", "30 s", " 30s", "30s ", "1.5h", "-5m", "+5m", "1m1h", "1s1s",
                           "5M", "1min", "5mms", "101y", "99999999999999999999s", "1h30", "0x5s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, written_from_days_down) {
  EXPECT_EQ(format_duration(0ms), "0s");
  EXPECT_EQ(format_duration(250ms), "250ms");
  EXPECT_EQ(format_duration(10s), "10s");
  EXPECT_EQ(format_duration(90min), "1h30m");
  EXPECT_EQ(format_duration(24h), "1d");
  EXPECT_EQ(format_duration(49h + 1ms), "2d1h1ms");
}

}  // namespace
}  // namespace rdpwatch::config
