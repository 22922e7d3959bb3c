#include "daemon/maintenance/calendar.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::maintenance {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

using config::WindowRepeat;
using config::WindowSettings;

constexpr unsigned kSunday = 0;
constexpr unsigned kTuesday = 2;
constexpr unsigned kThursday = 4;
constexpr unsigned kFriday = 5;

/// 2027-03-28 01:00 UTC: utc(2027y / 3 / 28, 1h).
WallTime utc(std::chrono::year_month_day date, std::chrono::minutes time) {
  return sys_days(date) + time;
}

WindowSettings weekly(unsigned weekday, std::chrono::minutes at, std::chrono::milliseconds duration,
                      const std::string& zone) {
  WindowSettings window;
  window.name = "w";
  window.match.all = true;
  window.repeat = WindowRepeat::weekly;
  window.weekdays = {weekday};
  window.at = at;
  window.duration = duration;
  window.time_zone = zone;
  return window;
}

WindowSettings monthly(unsigned weekday, unsigned which, std::chrono::minutes at,
                       std::chrono::milliseconds duration) {
  WindowSettings window = weekly(weekday, at, duration, "UTC");
  window.repeat = WindowRepeat::monthly;
  window.weekdays.clear();
  window.monthly_days = {{weekday, which}};
  return window;
}

WindowSettings once(std::chrono::year_month_day date, std::chrono::minutes at, const std::string& zone) {
  WindowSettings window = weekly(0, 0min, 1h, zone);
  window.repeat = WindowRepeat::once;
  window.weekdays.clear();
  window.from = std::chrono::local_days(date) + at;
  return window;
}

TEST(Calendar, AWindowGoesOnPastMidnightByTheClocksOfItsZone) {
  const auto window = weekly(kFriday, 22h, 8h, "Europe/Berlin");
  const Span span{utc(2026y / 12 / 4, 21h), utc(2026y / 12 / 5, 5h)};
  EXPECT_EQ(open_at(window, utc(2026y / 12 / 4, 20h + 59min)), std::nullopt);
  EXPECT_EQ(open_at(window, utc(2026y / 12 / 4, 21h)), span);
  EXPECT_EQ(open_at(window, utc(2026y / 12 / 5, 2h)), span);
  EXPECT_EQ(open_at(window, utc(2026y / 12 / 5, 5h) - 1ns), span);
  EXPECT_EQ(open_at(window, utc(2026y / 12 / 5, 5h)), std::nullopt);
}

TEST(Calendar, TheNextTimeIsTheFirstThatBeginsLater) {
  const auto window = weekly(kFriday, 22h, 8h, "Europe/Berlin");
  const Span first{utc(2026y / 12 / 4, 21h), utc(2026y / 12 / 5, 5h)};
  const Span second{utc(2026y / 12 / 11, 21h), utc(2026y / 12 / 12, 5h)};
  EXPECT_EQ(next_after(window, utc(2026y / 12 / 4, 20h)), first);
  EXPECT_EQ(next_after(window, utc(2026y / 12 / 4, 21h)), second);
  EXPECT_EQ(next_after(window, utc(2026y / 12 / 5, 2h)), second);
}

TEST(Calendar, OfSeveralTimesThatOverlapTheOneThatEndsLastCounts) {
  auto window = weekly(kFriday, 22h, 48h, "UTC");
  window.weekdays = {kThursday, kFriday};
  EXPECT_EQ(open_at(window, utc(2026y / 12 / 5, 1h)),
            (Span{utc(2026y / 12 / 4, 22h), utc(2026y / 12 / 6, 22h)}));
}

TEST(Calendar, AWeeklyWindowOfSevenDaysIsAlwaysOpen) {
  const auto window = weekly(kTuesday, 12h, 7 * 24h, "Europe/Berlin");
  for (auto time = utc(2027y / 3 / 1, 0h); time < utc(2027y / 3 / 20, 0h); time += 5h)
    EXPECT_TRUE(open_at(window, time)) << (time - utc(2027y / 3 / 1, 0h)).count();
}

TEST(Calendar, DaysOfAMonthAreCountedByTheirWeekday) {
  const auto second_tuesday = monthly(kTuesday, 2, 22h, 4h);
  EXPECT_EQ(next_after(second_tuesday, utc(2026y / 12 / 1, 0h)),
            (Span{utc(2026y / 12 / 8, 22h), utc(2026y / 12 / 9, 2h)}));
  EXPECT_EQ(next_after(second_tuesday, utc(2026y / 12 / 8, 22h)),
            (Span{utc(2027y / 1 / 12, 22h), utc(2027y / 1 / 13, 2h)}));
  EXPECT_EQ(open_at(second_tuesday, utc(2026y / 12 / 15, 23h)), std::nullopt);
  const auto fourth = monthly(kSunday, 4, 0h, 1h);
  EXPECT_EQ(next_after(fourth, utc(2027y / 1 / 31, 0h)),
            (Span{utc(2027y / 2 / 28, 0h), utc(2027y / 2 / 28, 1h)}));
}

TEST(Calendar, TheLastOfAMonthMayBeItsFourthOrFifth) {
  const auto last_friday = monthly(kFriday, config::kLastOfMonth, 22h, 4h);
  EXPECT_EQ(next_after(last_friday, utc(2027y / 2 / 1, 0h)),
            (Span{utc(2027y / 2 / 26, 22h), utc(2027y / 2 / 27, 2h)}));
  EXPECT_EQ(next_after(last_friday, utc(2027y / 4 / 1, 0h)),
            (Span{utc(2027y / 4 / 30, 22h), utc(2027y / 5 / 1, 2h)}));
  const auto last_thursday = monthly(kThursday, config::kLastOfMonth, 22h, 4h);
  EXPECT_EQ(open_at(last_thursday, utc(2027y / 1 / 1, 1h)),
            (Span{utc(2026y / 12 / 31, 22h), utc(2027y / 1 / 1, 2h)}));
}

TEST(Calendar, ATimeThatTheClocksSkipIsWhenTheyGoOn) {
  EXPECT_EQ(next_after(weekly(kSunday, 2h + 30min, 1h, "Europe/Berlin"), utc(2027y / 3 / 27, 12h)),
            (Span{utc(2027y / 3 / 28, 1h), utc(2027y / 3 / 28, 2h)}));
  EXPECT_EQ(next_after(weekly(kSunday, 2h + 30min, 1h, "America/New_York"), utc(2027y / 3 / 13, 12h)),
            (Span{utc(2027y / 3 / 14, 7h), utc(2027y / 3 / 14, 8h)}));
  // Half an hour there, 02:00 to 02:30.
  EXPECT_EQ(next_after(weekly(kSunday, 2h + 15min, 1h, "Australia/Lord_Howe"), utc(2027y / 10 / 2, 0h)),
            (Span{utc(2027y / 10 / 2, 15h + 30min), utc(2027y / 10 / 2, 16h + 30min)}));
}

TEST(Calendar, OfATimeThatTheClocksShowTwiceTheFirstCounts) {
  EXPECT_EQ(next_after(weekly(kSunday, 2h + 30min, 2h, "Europe/Berlin"), utc(2027y / 10 / 30, 12h)),
            (Span{utc(2027y / 10 / 31, 0h + 30min), utc(2027y / 10 / 31, 2h + 30min)}));
  EXPECT_EQ(next_after(weekly(kSunday, 1h + 30min, 2h, "America/New_York"), utc(2027y / 11 / 6, 12h)),
            (Span{utc(2027y / 11 / 7, 5h + 30min), utc(2027y / 11 / 7, 7h + 30min)}));
  EXPECT_EQ(next_after(weekly(kSunday, 1h + 45min, 2h, "Australia/Lord_Howe"), utc(2027y / 4 / 3, 0h)),
            (Span{utc(2027y / 4 / 3, 14h + 45min), utc(2027y / 4 / 3, 16h + 45min)}));
}

TEST(Calendar, TheDurationIsElapsedTimeWhateverTheClocksDo) {
  // From 22:00 on Saturday; the clocks are put forward in the night, so they show 07:00 eight hours later.
  EXPECT_EQ(open_at(weekly(6, 22h, 8h, "Europe/Berlin"), utc(2027y / 3 / 28, 4h)),
            (Span{utc(2027y / 3 / 27, 21h), utc(2027y / 3 / 28, 5h)}));
  EXPECT_EQ(open_at(weekly(6, 22h, 8h, "Europe/Berlin"), utc(2027y / 10 / 31, 3h)),
            (Span{utc(2027y / 10 / 30, 20h), utc(2027y / 10 / 31, 4h)}));
}

TEST(Calendar, OneThatComesOnce) {
  const auto window = once(2026y / 12 / 1, 22h, "Europe/Berlin");
  const Span span{utc(2026y / 12 / 1, 21h), utc(2026y / 12 / 1, 22h)};
  EXPECT_EQ(next_after(window, utc(2026y / 11 / 1, 0h)), span);
  EXPECT_EQ(open_at(window, utc(2026y / 12 / 1, 21h + 30min)), span);
  EXPECT_EQ(next_after(window, utc(2026y / 12 / 1, 21h)), std::nullopt);
  EXPECT_EQ(open_at(window, utc(2027y / 12 / 1, 21h + 30min)), std::nullopt);
}

TEST(Calendar, OneThatComesOnceMayHaveALastMomentInsteadOfADuration) {
  auto window = once(2027y / 3 / 28, 1h + 30min, "Europe/Berlin");
  window.to = std::chrono::local_days(2027y / 3 / 28) + 3h + 30min;
  EXPECT_EQ(next_after(window, utc(2027y / 3 / 1, 0h)),
            (Span{utc(2027y / 3 / 28, 0h + 30min), utc(2027y / 3 / 28, 1h + 30min)}));
}

TEST(Calendar, OfUtcNothingIsLookedUp) {
  EXPECT_EQ(open_at(weekly(kSunday, 2h + 30min, 1h, "UTC"), utc(2027y / 3 / 28, 3h)),
            (Span{utc(2027y / 3 / 28, 2h + 30min), utc(2027y / 3 / 28, 3h + 30min)}));
}

}  // namespace
}  // namespace rdpwatch::maintenance
