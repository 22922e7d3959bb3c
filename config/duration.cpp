#include "config/duration.hpp"

#include <array>
#include <cstdint>

namespace rdpwatch::config {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::int64_t kDay = 24LL * 60 * 60 * 1000;
constexpr std::int64_t kLongest = 100 * 365 * kDay;
constexpr std::array<Unit, 7> kUnits{{{"y", 365 * kDay},
                                      {"w", 7 * kDay},
                                      {"d", kDay},
                                      {"h", 60 * 60 * 1000},
                                      {"m", 60 * 1000},
                                      {"s", 1000},
                                      {"ms", 1}}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes the leading number off `text`; -1 when there is none or when it is beyond every bound.
std::int64_t take_number(std::string_view& text) {
  if (text.empty() || !is_digit(text.front())) return -1;
  std::int64_t number = 0;
  while (!text.empty() && is_digit(text.front())) {
    number = number * 10 + (text.front() - '0');
    if (number > kLongest) return -1;
    text.remove_prefix(1);
  }
  return number;
}

/// Takes the leading unit off `text` and gives its index in kUnits; kUnits.size() when there is none.
std::size_t take_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && !is_digit(text[length])) ++length;
  const std::string_view word = text.substr(0, length);
  std::size_t index = 0;
  while (index < kUnits.size() && kUnits[index].name != word) ++index;
  text.remove_prefix(length);
  return index;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds(0);
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  std::size_t least_unit = 0;
  while (!text.empty()) {
    const std::int64_t number = take_number(text);
    if (number < 0) return std::nullopt;
    const std::size_t unit = take_unit(text);
    if (unit >= kUnits.size() || unit < least_unit) return std::nullopt;
    least_unit = unit + 1;
    if (number > (kLongest - total) / kUnits[unit].milliseconds) return std::nullopt;
    total += number * kUnits[unit].milliseconds;
  }
  return std::chrono::milliseconds(total);
}

std::string format_duration(std::chrono::milliseconds duration) {
  std::int64_t left = duration.count();
  if (left == 0) return "0s";
  std::string out;
  for (std::size_t i = 2; i < kUnits.size(); ++i) {
    const std::int64_t number = left / kUnits[i].milliseconds;
    if (number == 0) continue;
    out += std::to_string(number);
    out += kUnits[i].name;
    left -= number * kUnits[i].milliseconds;
  }
  return out;
}

}  // namespace rdpwatch::config
