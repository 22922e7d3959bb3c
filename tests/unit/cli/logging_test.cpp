#include "daemon/cli/logging.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <vector>

namespace rdpwatch::log {
namespace {

const std::chrono::system_clock::time_point kTime(std::chrono::milliseconds(1795358325380));

std::string line(Format format, std::string_view message, const std::vector<Field>& fields) {
  return format_line(format, Level::info, kTime, "app.cpp:12", message, fields);
}

TEST(Logging, logfmt) {
  EXPECT_EQ(
      line(Format::logfmt, "target changed state",
           {{"target", "ts09:3389"}, {"state", "down"}, {"failures", 3}, {"seconds", 0.5}, {"first", true}}),
      "time=2026-11-22T14:38:45.380Z level=INFO source=app.cpp:12 msg=\"target changed state\" "
      "target=ts09:3389 state=down failures=3 seconds=0.5 first=true");
}

TEST(Logging, json) {
  EXPECT_EQ(
      line(Format::json, "target changed state",
           {{"target", "ts09:3389"}, {"failures", 3}, {"first", false}}),
      R"({"time":"2026-11-22T14:38:45.380Z","level":"INFO","source":"app.cpp:12","msg":"target changed state",)"
      R"("target":"ts09:3389","failures":3,"first":false})");
}

TEST(Logging, values_can_not_forge_lines_or_fields) {
  const std::string hostile = "x\ntime=0 level=ERROR msg=\"forged\" a=b\x1b[31m\\\xc2\x9b\xff";
  EXPECT_EQ(line(Format::logfmt, "m\ne", {{"detail", hostile}}),
            "time=2026-11-22T14:38:45.380Z level=INFO source=app.cpp:12 msg=\"m\\ne\" "
            "detail=\"x\\ntime=0 level=ERROR msg=\\\"forged\\\" a=b\\u001b[31m\\\\\\u009b\xef\xbf\xbd\"");
  const auto parsed = boost::json::parse(line(Format::json, "m\ne", {{"detail", hostile}}));
  EXPECT_EQ(parsed.at("msg"), "m\ne");
  EXPECT_EQ(parsed.at("detail").as_string(),
            "x\ntime=0 level=ERROR msg=\"forged\" a=b\x1b[31m\\\xc2\x9b\xef\xbf\xbd");
}

TEST(Logging, logfmt_quotes_what_needs_it) {
  const auto field = [](const char* value) {
    const std::string all = line(Format::logfmt, "m", {{"k", value}});
    return all.substr(all.find(" k=") + 1);
  };
  EXPECT_EQ(field(""), "k=\"\"");
  EXPECT_EQ(field("plain-1.2:3/x"), "k=plain-1.2:3/x");
  EXPECT_EQ(field("two words"), "k=\"two words\"");
  EXPECT_EQ(field("a=b"), "k=\"a=b\"");
  EXPECT_EQ(field("S\xc3\xb6hne"), "k=\"S\xc3\xb6hne\"");
}

TEST(Logging, long_values_are_cut) {
  const std::string all = line(Format::logfmt, "m", {{"k", std::string(5000, 'x')}});
  EXPECT_TRUE(all.ends_with(std::string(2048, 'x') + "...\"")) << all.size();
  EXPECT_LT(all.size(), 2200U);
}

TEST(Logging, level_filters_and_source_is_the_callers) {
  testing::internal::CaptureStderr();
  set_up(Level::warn, Format::logfmt);
  info("not shown");
  warn("shown", {{"n", 1}});
  const int here = __LINE__ - 1;
  set_up(Level::info, Format::json);
  debug("not shown");
  info("as json");
  set_up(Level::info, Format::logfmt);
  const std::string out = testing::internal::GetCapturedStderr();
  EXPECT_EQ(out.find("not shown"), std::string::npos);
  EXPECT_NE(out.find(" level=WARN source=logging_test.cpp:" + std::to_string(here) + " msg=\"shown\" n=1\n"),
            std::string::npos)
      << out;
  EXPECT_NE(out.find("\"msg\":\"as json\"}\n"), std::string::npos) << out;
}

}  // namespace
}  // namespace rdpwatch::log
