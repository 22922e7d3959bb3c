#include "daemon/metrics/sample_writer.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace rdpwatch::metrics {
namespace {

std::string decimal(std::int64_t value, int digits) {
  SampleWriter writer;
  writer.open("m", "");
  writer.decimal(value, digits);
  return std::string(writer.text());
}

TEST(SampleWriter, DecimalsWithoutTrailingZeros) {
  EXPECT_EQ(decimal(0, 3), "m 0\n");
  EXPECT_EQ(decimal(1, 6), "m 0.000001\n");
  EXPECT_EQ(decimal(41000, 6), "m 0.041\n");
  EXPECT_EQ(decimal(1500, 3), "m 1.5\n");
  EXPECT_EQ(decimal(60000, 3), "m 60\n");
  EXPECT_EQ(decimal(100, 0), "m 100\n");
  EXPECT_EQ(decimal(1764000000123, 3), "m 1764000000.123\n");
  EXPECT_EQ(decimal(-250, 2), "m -2.5\n");
  EXPECT_EQ(decimal(-5, 2), "m -0.05\n");
  EXPECT_EQ(decimal(std::numeric_limits<std::int64_t>::min(), 0), "m -9223372036854775808\n");
}

TEST(SampleWriter, DurationsToTheMicrosecondAndTimesToTheMillisecond) {
  SampleWriter writer;
  writer.open("d", "");
  writer.duration(std::chrono::nanoseconds(1499));
  writer.open("d", "");
  writer.duration(std::chrono::nanoseconds(1501));
  writer.open("t", "");
  writer.timestamp(fleet::WallTime(std::chrono::microseconds(1500999)));
  writer.open("t", "");
  writer.timestamp(fleet::WallTime(std::chrono::milliseconds(-1)));
  EXPECT_EQ(writer.text(), "d 0.000001\nd 0.000002\nt 1.5\nt -0.001\n");
}

TEST(SampleWriter, LabelsWithAndWithoutAPreparedList) {
  SampleWriter writer;
  writer.open("m", "");
  writer.integer(1);
  writer.open("m", "a=\"1\"");
  writer.integer(2);
  writer.open("m", "a=\"1\"");
  writer.plain_label("b", "2");
  writer.integer(3);
  writer.open("m", "");
  writer.label("b", "x\"y");
  writer.label("c", "");
  writer.integer(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(writer.text(),
            "m 1\nm{a=\"1\"} 2\nm{a=\"1\",b=\"2\"} 3\nm{b=\"x\\\"y\",c=\"\"} 18446744073709551615\n");
}

TEST(SampleWriter, IsEmptyAgainAfterClear) {
  SampleWriter writer;
  writer.family(row(TargetMetric::rdp_probe_success));
  EXPECT_EQ(writer.text(),
            "# HELP rdp_probe_success Verdict of the last run: 1 success, 0 failure.\n"
            "# TYPE rdp_probe_success gauge\n");
  writer.clear();
  EXPECT_EQ(writer.text(), "");
}

}  // namespace
}  // namespace rdpwatch::metrics
