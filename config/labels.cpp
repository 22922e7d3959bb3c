#include "config/labels.hpp"

#include <algorithm>

#include "config/map_reader.hpp"
#include "config/reserved_labels.hpp"
#include "config/text.hpp"

namespace rdpwatch::config {

namespace {

constexpr std::size_t kMostLabels = 64;
constexpr std::size_t kLongestName = 128;
constexpr std::size_t kLongestValue = 1024;

bool is_label_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= kLongestName && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), is_allowed);
}

/// What is wrong with a label's name; empty when nothing is.
std::string fault_of_name(std::string_view name) {
  if (!is_label_name(name)) {
    return " is not a label name, allowed: letters, digits and _, not a digit first, at most 128 characters";
  }
  if (name.substr(0, 2) == "__")
    return " is kept for Prometheus itself, allowed: names that do not begin with __";
  if (is_reserved_label(name)) {
    return " is a label that Prometheus or rdpwatch sets itself, allowed: any name that is in none of their "
           "series";
  }
  return "";
}

}  // namespace

void read_labels(const Node& node, const std::string& path, LabelOrigin origin, Diagnostics& diagnostics,
                 Labels& labels) {
  if (node.kind != Node::Kind::mapping) {
    report_wrong(node, path, "a mapping of label names to values", diagnostics);
    return;
  }
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
    const Node& key = node.children[i];
    if (key.kind != Node::Kind::scalar) continue;  // Reported by the parser.
    if (origin == LabelOrigin::discovery && key.text.substr(0, 2) == "__") continue;
    const std::string fault = fault_of_name(key.text);
    if (!fault.empty()) {
      diagnostics.add(key.place, path + ": " + quoted(key.text) + fault);
      continue;
    }
    const Node& value = node.children[i + 1];
    std::string text;
    if (!text_of(value, path + "." + key.text, "a text (in quotes if it may be empty)", diagnostics, text))
      continue;
    if (text.size() > kLongestValue) {
      report_wrong(value, path + "." + key.text, "a text of at most 1024 bytes", diagnostics);
      continue;
    }
    labels[key.text] = std::move(text);
  }
  if (labels.size() > kMostLabels) {
    diagnostics.add(node.place, path + ": must be at most 64 labels, not " + std::to_string(labels.size()));
  }
}

}  // namespace rdpwatch::config
