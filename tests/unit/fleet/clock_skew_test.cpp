#include "daemon/fleet/clock_skew.hpp"

#include <gtest/gtest.h>

#include "tests/unit/fleet/results.hpp"

namespace rdpwatch::fleet {
namespace {

using handshake::ProbeResult;
using handshake::Seconds;

constexpr double kTenYears = 3652.0 * 86400;

ProbeResult with_hint(std::optional<double> hint) {
  ProbeResult result = test::success();
  if (hint) result.hello_clock_skew = Seconds(*hint);
  return result;
}

ProbeResult with_timestamp(double skew, std::optional<double> hint = std::nullopt) {
  ProbeResult result = with_hint(hint);
  result.host.emplace();
  result.host->clock_skew = Seconds(skew);
  return result;
}

// The skew after the attempts' hints; 0.5 stands for none, which no case expects.
double skew_after(std::initializer_list<std::optional<double>> hints) {
  HostClock clock;
  for (const auto& hint : hints) clock = after_attempt(clock, with_hint(hint));
  return clock.skew ? clock.skew->count() : 0.5;
}

constexpr double kNone = 0.5;

TEST(ClockSkew, one_hint_is_not_enough) {
  EXPECT_EQ(skew_after({}), kNone);
  EXPECT_EQ(skew_after({7200.0}), kNone);
}

TEST(ClockSkew, two_hints_agree_within_two_seconds) {
  EXPECT_EQ(skew_after({7200.0, 7201.0}), 7201.0);
  EXPECT_EQ(skew_after({7200.0, 7202.0}), 7202.0);
  EXPECT_EQ(skew_after({7200.0, 7198.0}), 7198.0);
  EXPECT_EQ(skew_after({7200.0, 7202.1}), kNone);
  EXPECT_EQ(skew_after({7200.0, 7197.9}), kNone);
  EXPECT_EQ(skew_after({7200.0, -7200.0}), kNone);
}

TEST(ClockSkew, hints_beyond_ten_years_are_random_digits) {
  EXPECT_EQ(skew_after({kTenYears, kTenYears}), kTenYears);
  EXPECT_EQ(skew_after({-kTenYears, -kTenYears}), -kTenYears);
  EXPECT_EQ(skew_after({kTenYears + 1, kTenYears}), kNone);
  EXPECT_EQ(skew_after({kTenYears, kTenYears + 1}), kNone);
  EXPECT_EQ(skew_after({-kTenYears - 1, -kTenYears - 1}), kNone);
}

TEST(ClockSkew, only_the_last_two_attempts_count) {
  EXPECT_EQ(skew_after({100.0, 7200.0, 7201.0}), 7201.0);
  EXPECT_EQ(skew_after({7200.0, 7201.0, 100.0}), kNone);
  EXPECT_EQ(skew_after({7200.0, 7201.0, std::nullopt}), kNone) << "the last attempt says nothing of a clock";
  EXPECT_EQ(skew_after({7200.0, std::nullopt, 7200.0}), kNone);
}

TEST(ClockSkew, a_timestamp_of_ntlm_needs_no_second_one) {
  HostClock clock = after_attempt({}, with_timestamp(0.2, 7200));
  EXPECT_EQ(clock.skew, Seconds(0.2));
  EXPECT_EQ(clock.hint, Seconds(7200));
  clock = after_attempt(clock, with_hint(7201));
  EXPECT_EQ(clock.skew, Seconds(7201)) << "no timestamp this time, and two hints that agree";
  ProbeResult silent = with_hint(7201);
  silent.host.emplace();
  EXPECT_EQ(after_attempt(clock, silent).skew, Seconds(7201)) << "a challenge without a timestamp";
}

TEST(ClockSkew, the_finding_comes_once) {
  const ProbeResult own = with_hint(301);
  EXPECT_TRUE(adds_clock_finding({Seconds(301), Seconds(301)}, own));
  EXPECT_TRUE(adds_clock_finding({Seconds(-301), Seconds(-301)}, own));
  EXPECT_FALSE(adds_clock_finding({Seconds(300), Seconds(300)}, own));
  EXPECT_FALSE(adds_clock_finding({Seconds(301), std::nullopt}, own));
  ProbeResult judged = with_timestamp(301);
  judged.findings = {"nla_not_required", "clock_skew"};
  EXPECT_FALSE(adds_clock_finding({std::nullopt, Seconds(301)}, judged)) << "the probe itself found it";
}

}  // namespace
}  // namespace rdpwatch::fleet
