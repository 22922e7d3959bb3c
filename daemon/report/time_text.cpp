#include "daemon/report/time_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace rdpwatch::report {
namespace {

std::string format(WallTime time, const char* pattern) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds = whole.time_since_epoch().count();
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), pattern, &utc);
  return {text.data(), length};
}

}  // namespace

std::string rfc3339_milliseconds(WallTime time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ",
                static_cast<int>((milliseconds % 1000 + 1000) % 1000));
  return format(time, "%Y-%m-%dT%H:%M:%S") + fraction.data();
}

std::string rfc3339_seconds(WallTime time) {
  return format(time, "%Y-%m-%dT%H:%M:%SZ");
}
std::string date_and_time(WallTime time) {
  return format(time, "%Y-%m-%d %H:%M:%S UTC");
}
std::string date(WallTime time) {
  return format(time, "%Y-%m-%d");
}

double seconds(handshake::Duration duration) {
  return static_cast<double>(std::chrono::round<std::chrono::microseconds>(duration).count()) / 1e6;
}

double round_to_tenth(double value) {
  const double rounded = std::round(value * 10) / 10;
  return rounded == 0 ? 0 : rounded;  // Not minus zero.
}

std::string clock_skew_in_words(handshake::Seconds skew) {
  constexpr long long kMinute = 60;
  constexpr long long kHour = 60 * kMinute;
  constexpr long long kDay = 24 * kHour;
  const long long whole = std::llround(std::abs(skew.count()));
  const auto two = [whole](long long large, const char* large_name, long long small, const char* small_name) {
    return std::to_string(whole / large) + large_name + std::to_string(whole % large / small) + small_name;
  };
  if (std::abs(skew.count()) < 1) return "within a second of this machine's";
  std::string out = std::to_string(whole) + " s";
  if (whole >= kDay) {
    out = two(kDay, whole / kDay == 1 ? " day " : " days ", kHour, " h");
  } else if (whole >= kHour) {
    out = two(kHour, " h ", kMinute, " min");
  } else if (whole >= kMinute) {
    out = two(kMinute, " min ", 1, " s");
  }
  return out + (skew.count() > 0 ? " ahead of this machine" : " behind this machine");
}

std::string decimal(double value) {
  std::array<char, 400> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), end};
}

}  // namespace rdpwatch::report
