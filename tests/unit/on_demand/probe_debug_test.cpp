#include "daemon/on_demand/probe_debug.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/on_demand/fake_watched_probe.hpp"

namespace rdpwatch::on_demand {
namespace {

using testing::HasSubstr;
using testing::Not;

handshake::ProbePlan plan() {
  handshake::ProbePlan plan;
  plan.target = "ts01:3389";
  return plan;
}

const std::vector<std::string> kLog{"0.000000 s  connect 127.0.0.1:3389", "0.000400 s  connected"};

TEST(ProbeDebug, LogResultMetricsAndModuleStandTogether) {
  const std::string text = debug_text(test::failure(plan()), kLog, "probe_success 0\n",
                                      config::built_in_modules().at("tls"), std::chrono::milliseconds(2500));
  const auto log = text.find("Its log, with a timeout of 2500 ms:\n\n0.000000 s  connect 127.0.0.1:3389\n");
  const auto story = text.find("reset 12 ms after ClientHello");
  const auto result = text.find("\nIts result:\n\n{");
  const auto metrics = text.find("\nIts metrics:\n\nprobe_success 0\n");
  const auto module = text.find("\nIts module:\n\n{");
  EXPECT_EQ(log, 0U);
  EXPECT_LT(log, story);
  EXPECT_LT(story, result);
  EXPECT_LT(result, metrics);
  EXPECT_LT(metrics, module);
  EXPECT_NE(module, std::string::npos) << text;
  EXPECT_THAT(text, HasSubstr("\"depth\": \"tls\""));
}

TEST(ProbeDebug, WhereAScrapeGetsNoneThereAreNoMetrics) {
  const std::string text = debug_text(test::abandoned(plan(), "rate_cap"), {}, "",
                                      config::built_in_modules().at("tls"), std::chrono::seconds(10));
  EXPECT_THAT(text, HasSubstr("It was cut off: rate_cap\n"));
  EXPECT_THAT(text, HasSubstr("\nIts metrics:\n\nnone: a scrape gets an error\n"));
}

TEST(ProbeDebug, WhatTheHostSaidIsCleaned) {
  const std::string text = debug_text(test::abandoned(plan(), "\x1b[31mred"), {"sent \x1b[31m"}, "",
                                      config::built_in_modules().at("tls"), std::chrono::seconds(10));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace rdpwatch::on_demand
