#include "config/map_reader.hpp"

#include <algorithm>
#include <charconv>

#include "config/duration.hpp"
#include "config/text.hpp"

namespace rdpwatch::config {

namespace {

std::string range_text(std::chrono::milliseconds least, std::chrono::milliseconds most) {
  return "a duration from " + format_duration(least) + " to " + format_duration(most) +
         " (such as 250ms, 30s, 5m, 1h30m)";
}

}  // namespace

void report_wrong(const Node& node, const std::string& path, const std::string& allowed,
                  Diagnostics& diagnostics) {
  if (node.kind == Node::Kind::refused) return;
  diagnostics.add(node.place, path + ": must be " + allowed + ", not " + describe(node));
}

bool text_of(const Node& node, const std::string& path, const std::string& allowed, Diagnostics& diagnostics,
             std::string& out) {
  if (node.kind != Node::Kind::scalar) {
    report_wrong(node, path, allowed, diagnostics);
    return false;
  }
  if (has_control_characters(node.text)) {
    report_wrong(node, path, allowed + " without control characters", diagnostics);
    return false;
  }
  out = node.text;
  return true;
}

MapReader::MapReader(const Node& node, std::string path, std::vector<std::string> keys,
                     Diagnostics& diagnostics)
    : node_(node), path_(std::move(path)), diagnostics_(diagnostics) {
  if (!is_mapping()) {
    report_wrong(node, path_.empty() ? "the file" : path_, "a mapping with the keys " + joined(keys),
                 diagnostics);
    return;
  }
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
    const Node& key = node.children[i];
    if (key.kind != Node::Kind::scalar) continue;  // Reported by the parser.
    if (std::find(keys.begin(), keys.end(), key.text) != keys.end()) continue;
    diagnostics.add(key.place, (path_.empty() ? "" : path_ + ": ") + "unknown key " + quoted(key.text) +
                                   did_you_mean(key.text, keys) + ", allowed: " + joined(keys));
  }
}

const Node* MapReader::find(std::string_view key) const {
  if (!is_mapping()) return nullptr;
  for (std::size_t i = 0; i + 1 < node_.children.size(); i += 2) {
    const Node& candidate = node_.children[i];
    if (candidate.kind == Node::Kind::scalar && candidate.text == key) return &node_.children[i + 1];
  }
  return nullptr;
}

Place MapReader::place(std::string_view key) const {
  const Node* value = find(key);
  return value == nullptr ? node_.place : value->place;
}

std::string MapReader::path(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void MapReader::wrong(std::string_view key, const std::string& allowed) {
  const Node* value = find(key);
  if (value != nullptr) report_wrong(*value, path(key), allowed, diagnostics_);
}

void MapReader::read_text(std::string_view key, std::string& out) {
  const Node* value = find(key);
  if (value != nullptr) text_of(*value, path(key), "a text", diagnostics_, out);
}

void MapReader::read_bool(std::string_view key, bool& out) {
  const Node* value = find(key);
  if (value == nullptr) return;
  const bool is_true = value->text == "true";
  if (value->kind != Node::Kind::scalar || !value->plain || (!is_true && value->text != "false")) {
    wrong(key, value->kind == Node::Kind::scalar && !value->plain ? "true or false without quotes"
                                                                  : "true or false");
    return;
  }
  out = is_true;
}

void MapReader::read_integer(std::string_view key, std::int64_t least, std::int64_t most, std::int64_t& out) {
  const Node* value = find(key);
  if (value == nullptr) return;
  std::int64_t number = 0;
  const char* end = value->text.data() + value->text.size();
  const std::from_chars_result parsed = std::from_chars(value->text.data(), end, number);
  const bool is_number =
      value->kind == Node::Kind::scalar && value->plain && parsed.ec == std::errc() && parsed.ptr == end;
  if (!is_number || number < least || number > most) {
    wrong(key, "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                   (value->kind == Node::Kind::scalar && !value->plain ? " without quotes" : ""));
    return;
  }
  out = number;
}

void MapReader::read_integer(std::string_view key, std::int64_t least, std::int64_t most, int& out) {
  std::int64_t number = out;
  read_integer(key, least, most, number);
  out = static_cast<int>(number);
}

void MapReader::read_duration(std::string_view key, std::chrono::milliseconds least,
                              std::chrono::milliseconds most, std::chrono::milliseconds& out) {
  const Node* value = find(key);
  if (value == nullptr) return;
  const std::optional<std::chrono::milliseconds> duration =
      value->kind == Node::Kind::scalar ? parse_duration(value->text) : std::nullopt;
  if (!duration || *duration < least || *duration > most) {
    wrong(key, range_text(least, most));
    return;
  }
  out = *duration;
}

void MapReader::read_duration_or_zero(std::string_view key, std::chrono::milliseconds least,
                                      std::chrono::milliseconds most, std::chrono::milliseconds& out) {
  const Node* value = find(key);
  if (value == nullptr) return;
  const std::optional<std::chrono::milliseconds> duration =
      value->kind == Node::Kind::scalar ? parse_duration(value->text) : std::nullopt;
  const bool off = duration && duration->count() == 0;
  if (!duration || (!off && (*duration < least || *duration > most))) {
    wrong(key, "0s or " + range_text(least, most));
    return;
  }
  out = *duration;
}

const Node* MapReader::read_list(std::string_view key, std::string_view of_what) {
  const Node* value = find(key);
  if (value == nullptr || value->kind == Node::Kind::sequence) return value;
  wrong(key, "a list of " + std::string(of_what));
  return nullptr;
}

std::vector<PlacedText> MapReader::read_text_list(std::string_view key, std::string_view of_what) {
  std::vector<PlacedText> texts;
  const Node* list = read_list(key, of_what);
  if (list == nullptr) return texts;
  std::size_t index = 0;
  for (const Node& element : list->children) {
    std::string text;
    const std::string element_path = path(key) + "[" + std::to_string(index++) + "]";
    if (text_of(element, element_path, "a text", diagnostics_, text)) texts.push_back({text, element.place});
  }
  return texts;
}

}  // namespace rdpwatch::config
