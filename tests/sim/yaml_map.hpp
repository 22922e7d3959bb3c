#pragma once
// Strict reading of one YAML map. A key is known because somebody took it, so the list of allowed keys in a
// message can't differ from what is read. Errors are collected; reading goes on with the value that was there
// before.

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

/// What is wrong with a scenario file, with lines and columns from 1.
class YamlErrors {
 public:
  explicit YamlErrors(std::string file) : file_(std::move(file)) {}
  void add(const YAML::Mark& where, const std::string& message);
  bool empty() const { return errors_.empty(); }
  /// "file:line:column: message" in the order of the file.
  std::vector<std::string> sorted() const;

 private:
  std::string file_;
  std::vector<std::pair<std::pair<int, int>, std::string>> errors_;
};

template <typename T>
using Names = std::span<const std::pair<std::string_view, T>>;

class YamlMap {
 public:
  /// `what` names the map in messages: "certificate 'ts01'". A node that is no map is an error and reads as
  /// empty.
  YamlMap(const YAML::Node& node, std::string what, YamlErrors& errors);

  /// The value of the key, or an undefined node.
  YAML::Node take(std::string_view key);
  void read(std::string_view key, std::string& value);
  void read(std::string_view key, bool& value);
  void read(std::string_view key, Milliseconds& value);  ///< "250ms", "1.5s", "2m"; at most ten minutes
  void read_offset(std::string_view key, Milliseconds& value);  ///< "-90s", "2h", "3d"; at most ten years
  void read_number(std::string_view key, double& value, double min, double max);
  template <typename Integer>
  void read_integer(std::string_view key, Integer& value, std::int64_t min, std::int64_t max) {
    if (const std::optional<std::int64_t> number = integer(take(key), key, min, max))
      value = static_cast<Integer>(*number);
  }
  /// A list of scalars; one scalar is a list of one.
  void read_list(std::string_view key, std::vector<std::string>& value);
  template <typename T>
  void read_name(std::string_view key, T& value, Names<T> names) {
    const YAML::Node node = take(key);
    if (!node.IsDefined()) return;
    if (const std::optional<std::string> text = scalar(node, key)) {
      for (const auto& [name, one] : names) {
        if (name == *text) {
          value = one;
          return;
        }
      }
      std::string allowed;
      for (const auto& [name, one] : names) allowed += (allowed.empty() ? "" : ", ") + std::string(name);
      error(node, std::string(key) + ": '" + *text + "' is not one of " + allowed);
    }
  }

  /// Every key that was not taken is an error, and so is a key that stands twice.
  void finish();

  void error(const YAML::Node& node, const std::string& message) {
    errors_.add(node.Mark(), what_ + ": " + message);
  }
  YamlErrors& errors() { return errors_; }
  const std::string& what() const { return what_; }

 private:
  std::optional<std::string> scalar(const YAML::Node& node, std::string_view key);
  std::optional<std::int64_t> integer(const YAML::Node& node, std::string_view key, std::int64_t min,
                                      std::int64_t max);

  YAML::Node node_;
  std::string what_;
  YamlErrors& errors_;
  std::vector<std::string> taken_;
};

}  // namespace rdpwatch::sim
