#include "tests/sim/yaml_map.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace rdpwatch::sim {

namespace {

constexpr double kLongestMs = 600000;
constexpr double kFarthestMs = 3650 * 86400000.0;

std::string format(double value) {
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, end);
}

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

using Unit = std::pair<std::string_view, double>;
constexpr Unit kUnits[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};

std::optional<double> milliseconds_in(std::string_view text, std::span<const Unit> units) {
  for (const auto& [unit, factor] : units) {
    if (!text.ends_with(unit)) continue;
    const std::optional<double> value = number_in(text.substr(0, text.size() - unit.size()));
    if (!value) return std::nullopt;
    return *value * factor;
  }
  return std::nullopt;
}

}  // namespace

void YamlErrors::add(const YAML::Mark& where, const std::string& message) {
  errors_.push_back({{where.line + 1, where.column + 1}, message});
}

std::vector<std::string> YamlErrors::sorted() const {
  auto errors = errors_;
  std::stable_sort(errors.begin(), errors.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> lines;
  for (const auto& [where, message] : errors) {
    lines.push_back(file_ + ":" + std::to_string(where.first) + ":" + std::to_string(where.second) + ": " +
                    message);
  }
  return lines;
}

YamlMap::YamlMap(const YAML::Node& node, std::string what, YamlErrors& errors)
    : node_(node), what_(std::move(what)), errors_(errors) {
  if (node_.IsDefined() && !node_.IsMap()) {
    error(node_, "expected a map of keys and values");
    node_.reset();
  }
}

YAML::Node YamlMap::take(std::string_view key) {
  if (std::find(taken_.begin(), taken_.end(), key) == taken_.end()) taken_.emplace_back(key);
  if (node_.IsDefined() && node_.IsMap()) {
    // Not node_[key]: on a node that is not const it would add the key.
    for (const auto& entry : node_) {
      if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
    }
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

std::optional<std::string> YamlMap::scalar(const YAML::Node& node, std::string_view key) {
  if (node.IsScalar()) return node.Scalar();
  error(node, std::string(key) + ": expected a single value");
  return std::nullopt;
}

std::optional<std::int64_t> YamlMap::integer(const YAML::Node& node, std::string_view key, std::int64_t min,
                                             std::int64_t max) {
  if (!node.IsDefined()) return std::nullopt;
  const std::optional<std::string> text = scalar(node, key);
  if (!text) return std::nullopt;
  const bool hex = text->starts_with("0x");
  const char* const begin = text->data() + (hex ? 2 : 0);
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(begin, text->data() + text->size(), value, hex ? 16 : 10);
  if (problem == std::errc() && end == text->data() + text->size() && value >= min && value <= max)
    return value;
  error(node, std::string(key) + ": '" + *text + "' is not an integer from " + std::to_string(min) + " to " +
                  std::to_string(max));
  return std::nullopt;
}

void YamlMap::read(std::string_view key, std::string& value) {
  const YAML::Node node = take(key);
  if (!node.IsDefined()) return;
  if (const std::optional<std::string> text = scalar(node, key)) value = *text;
}

void YamlMap::read(std::string_view key, bool& value) {
  static constexpr std::pair<std::string_view, bool> kNames[] = {{"true", true}, {"false", false}};
  read_name<bool>(key, value, kNames);
}

void YamlMap::read(std::string_view key, Milliseconds& value) {
  const YAML::Node node = take(key);
  if (!node.IsDefined()) return;
  const std::optional<std::string> text = scalar(node, key);
  if (!text) return;
  const std::optional<double> time = milliseconds_in(*text, std::span(kUnits).first(3));
  if (time && *time >= 0 && *time <= kLongestMs) {
    value = Milliseconds(std::llround(*time));
  } else {
    error(node, std::string(key) + ": '" + *text +
                    "' is not a duration from 0ms to 10m, such as 250ms, 1.5s or 2m");
  }
}

void YamlMap::read_offset(std::string_view key, Milliseconds& value) {
  const YAML::Node node = take(key);
  if (!node.IsDefined()) return;
  const std::optional<std::string> text = scalar(node, key);
  if (!text) return;
  const std::optional<double> time = milliseconds_in(*text, kUnits);
  if (time && std::abs(*time) <= kFarthestMs) {
    value = Milliseconds(std::llround(*time));
  } else {
    error(node, std::string(key) + ": '" + *text +
                    "' is not a duration from -3650d to 3650d, such as -90s, 2h or 3d");
  }
}

void YamlMap::read_number(std::string_view key, double& value, double min, double max) {
  const YAML::Node node = take(key);
  if (!node.IsDefined()) return;
  const std::optional<std::string> text = scalar(node, key);
  if (!text) return;
  const std::optional<double> number = number_in(*text);
  if (number && *number >= min && *number <= max) {
    value = *number;
  } else {
    error(node,
          std::string(key) + ": '" + *text + "' is not a number from " + format(min) + " to " + format(max));
  }
}

void YamlMap::read_list(std::string_view key, std::vector<std::string>& value) {
  const YAML::Node node = take(key);
  if (!node.IsDefined()) return;
  if (!node.IsSequence()) {
    if (const std::optional<std::string> text = scalar(node, key)) value = {*text};
    return;
  }
  std::vector<std::string> items;
  for (const YAML::Node& item : node) {
    const std::optional<std::string> text = scalar(item, key);
    if (!text) return;
    items.push_back(*text);
  }
  value = std::move(items);
}

void YamlMap::finish() {
  if (!node_.IsDefined() || !node_.IsMap()) return;
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (!seen.insert(key).second) {
      error(entry.first, "'" + key + "' stands here twice");
    } else if (std::find(taken_.begin(), taken_.end(), key) == taken_.end()) {
      std::string allowed;
      for (const std::string& one : taken_) allowed += (allowed.empty() ? "" : ", ") + one;
      error(entry.first, "'" + key + "' is unknown; allowed: " + allowed);
    }
  }
}

}  // namespace rdpwatch::sim
