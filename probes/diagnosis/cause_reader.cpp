#include "probes/diagnosis/cause_reader.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace rdpwatch::diagnosis {
namespace {

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

std::string describe(const YAML::Node& node) {
  if (node.IsScalar()) return quoted(node.Scalar());
  if (node.IsSequence()) return "a list";
  if (node.IsMap()) return "a mapping";
  return "an empty value";
}

bool says_nothing(const std::string& text) {
  return text.find_first_not_of(" \t\n") == std::string::npos;
}

// The last newline belongs to the block's notation, not to the text.
std::string trimmed(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// A text, or an empty one after an error.
Placed text_of(const YAML::Node& node, const YAML::Mark& mark, std::string_view key, BookErrors& errors) {
  const std::string name(key);
  if (!node.IsScalar()) {
    errors.add(mark, name + " is " + describe(node) + ", allowed: a text");
  } else if (says_nothing(node.Scalar())) {
    errors.add(mark, name + " is an empty text, allowed: a text that says something");
  } else {
    return {trimmed(node.Scalar()), mark};
  }
  return {"", mark};
}

}  // namespace

void BookErrors::add(const YAML::Mark& mark, const std::string& message) {
  // An empty file has no place; its beginning is as good.
  errors_.push_back({std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1, message});
}

std::vector<std::string> BookErrors::texts() const {
  std::vector<Error> sorted = errors_;
  std::ranges::stable_sort(sorted, {}, [](const Error& error) { return std::tie(error.line, error.column); });
  std::vector<std::string> out;
  for (const Error& error : sorted) {
    out.push_back("causes.yml:" + std::to_string(error.line) + ":" + std::to_string(error.column) + ": " +
                  error.message);
  }
  return out;
}

MappingReader::MappingReader(const YAML::Node& node, std::string what, std::vector<std::string_view> keys,
                             BookErrors& errors)
    : node_(node), mark_(node.Mark()), what_(std::move(what)), keys_(std::move(keys)), errors_(errors) {
  if (!node_.IsMap()) {
    errors_.add(mark_, what_ + " is " + describe(node_) + ", allowed: a mapping with " + joined(keys_));
    return;
  }
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar()) {
      errors_.add(entry.first.Mark(), "the key is " + describe(entry.first) + ", allowed: " + joined(keys_));
      continue;
    }
    const std::string& key = entry.first.Scalar();
    if (std::ranges::find(keys_, key) == keys_.end()) {
      errors_.add(entry.first.Mark(), what_ + " has no key " + quoted(key) + ", allowed: " + joined(keys_));
    } else if (!seen.insert(key).second) {
      errors_.add(entry.first.Mark(), "the key " + quoted(key) + " is there twice, allowed: each key once");
    }
  }
}

std::pair<YAML::Node, YAML::Mark> MappingReader::find(std::string_view key) const {
  if (node_.IsMap()) {
    for (const auto& entry : node_) {
      if (!entry.first.IsScalar() || entry.first.Scalar() != key) continue;
      // yaml-cpp puts an absent value on a later line: the key is what a reader looks for.
      return {entry.second, entry.second.IsNull() ? entry.first.Mark() : entry.second.Mark()};
    }
  }
  return {YAML::Node(YAML::NodeType::Undefined), mark_};
}

void MappingReader::report_missing(std::string_view key) {
  if (!is_mapping()) return;
  errors_.add(mark_, what_ + " lacks the key " + quoted(std::string(key)) + ", allowed: " + joined(keys_));
}

Placed MappingReader::text(std::string_view key) {
  if (!has(key)) report_missing(key);
  return optional_text(key);
}

Placed MappingReader::optional_text(std::string_view key) {
  const auto [node, mark] = find(key);
  if (!node.IsDefined()) return {"", mark};
  return text_of(node, mark, key, errors_);
}

std::vector<Placed> MappingReader::texts(std::string_view key, std::size_t least) {
  const auto [node, mark] = find(key);
  std::vector<Placed> out;
  if (!node.IsDefined()) {
    if (least > 0) report_missing(key);
    return out;
  }
  if (!node.IsSequence() || node.size() < std::max<std::size_t>(least, 1)) {
    const std::string found = node.IsSequence() ? "an empty list" : describe(node);
    errors_.add(mark, std::string(key) + " is " + found + ", allowed: a list of at least one text");
    return out;
  }
  for (const YAML::Node& element : node) {
    Placed text = text_of(element, element.Mark(), std::string(key) + "[]", errors_);
    if (!text.text.empty()) out.push_back(std::move(text));
  }
  return out;
}

std::vector<YAML::Node> MappingReader::list(std::string_view key) {
  const auto [node, mark] = find(key);
  if (!node.IsDefined()) {
    report_missing(key);
    return {};
  }
  if (!node.IsSequence() || node.size() == 0) {
    const std::string found = node.IsSequence() ? "an empty list" : describe(node);
    errors_.add(mark, std::string(key) + " is " + found + ", allowed: a list with at least one element");
    return {};
  }
  return {node.begin(), node.end()};
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

}  // namespace rdpwatch::diagnosis
