#include "daemon/report/suggestions.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace rdpwatch::report {
namespace {

constexpr std::size_t kLongestTyped = 64;
constexpr std::size_t kShown = 3;

// Levenshtein's distance: insertions, deletions and replacements that turn one text into the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[to.size()];
}

}  // namespace

std::string did_you_mean(std::string_view typed, const std::vector<std::string_view>& names) {
  if (typed.size() < 3 || typed.size() > kLongestTyped) return "";
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const std::string_view name : names) {
    const bool is_part = name.find(typed) != std::string_view::npos;
    const std::size_t distance = is_part ? 0 : edit_distance(typed, name);
    if (distance <= typed.size() / 3) near.emplace_back(distance, name);
  }
  std::ranges::sort(near);
  const auto repeated = std::ranges::unique(near);
  near.erase(repeated.begin(), repeated.end());
  if (near.empty()) return "";
  std::string out = "did you mean ";
  const std::size_t shown = std::min(near.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == shown ? " or " : ", ";
    out += near[i].second;
  }
  return out + "?";
}

}  // namespace rdpwatch::report
