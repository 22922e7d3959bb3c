#include "config/maintenance_match.hpp"

#include <algorithm>
#include <array>

#include "config/map_reader.hpp"
#include "config/text.hpp"

namespace rdpwatch::config {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

bool is_label_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The texts at `key`: a list, or one alone. None of them is empty.
std::vector<std::string> read_texts(const Node* node, const std::string& path, const std::string& allowed,
                                    Diagnostics& diagnostics) {
  std::vector<std::string> out;
  if (node == nullptr) return out;
  const bool is_list = node->kind == Node::Kind::sequence;
  const auto add = [&](const Node& one, const std::string& where) {
    std::string text;
    if (!text_of(one, where, allowed, diagnostics, text)) return;
    if (text.empty() || text.size() > kLongestMatch) {
      report_wrong(one, where, allowed + " of 1 to 512 bytes", diagnostics);
    } else {
      out.push_back(text);
    }
  };
  if (!is_list) {
    add(*node, path);
  } else if (node->children.empty()) {
    diagnostics.add(node->place, path + ": the list is empty, allowed: at least one entry");
  } else if (node->children.size() > kMostMatches) {
    diagnostics.add(node->place,
                    path + ": must be at most 1000 entries, not " + std::to_string(node->children.size()));
  } else {
    for (std::size_t i = 0; i < node->children.size(); ++i)
      add(node->children[i], path + "[" + std::to_string(i) + "]");
  }
  return out;
}

void check_groups(const MapReader& reader, const MatchSettings& match, const std::vector<std::string>& groups,
                  Diagnostics& diagnostics) {
  for (const std::string& group : match.groups) {
    if (std::find(groups.begin(), groups.end(), group) != groups.end()) continue;
    diagnostics.add(reader.place("group"), reader.path("group") + ": the inventory has no group " +
                                               quoted(group) + did_you_mean(group, groups) +
                                               ", allowed: the names of its groups");
  }
}

void read_label_matches(const MapReader& reader, Diagnostics& diagnostics, MatchSettings& match) {
  const Node* labels = reader.find("label");
  if (labels == nullptr) return;
  if (labels->kind != Node::Kind::mapping || labels->children.empty()) {
    report_wrong(*labels, reader.path("label"), "a mapping of label names to values or lists of values",
                 diagnostics);
    return;
  }
  for (std::size_t i = 0; i + 1 < labels->children.size(); i += 2) {
    const Node& name = labels->children[i];
    if (name.kind != Node::Kind::scalar) continue;  // Reported by the parser.
    match.labels[name.text] = read_texts(&labels->children[i + 1], reader.path("label") + "." + name.text,
                                         "a value or a list of values", diagnostics);
  }
}

}  // namespace

void decode_match(const Node& node, const std::string& path, const std::vector<std::string>& groups,
                  Diagnostics& diagnostics, MatchSettings& match) {
  MapReader reader(node, path, {"group", "target", "label", "all"}, diagnostics);
  if (!reader.is_mapping()) return;
  match.groups =
      read_texts(reader.find("group"), reader.path("group"), "a group or a list of groups", diagnostics);
  check_groups(reader, match, groups, diagnostics);
  for (std::string& glob : read_texts(reader.find("target"), reader.path("target"),
                                      "a host:port with * and ?, or a list of these", diagnostics))
    match.targets.push_back(lower(std::move(glob)));
  read_label_matches(reader, diagnostics, match);
  reader.read_bool("all", match.all);
  const bool names_some = reader.has("group") || reader.has("target") || reader.has("label");
  if (match.all && names_some) {
    diagnostics.add(reader.place("all"),
                    path + ".all: group, target or label is there as well, allowed: `all: true` alone");
  } else if (!match.all && !names_some) {
    diagnostics.add(node.place,
                    path + ": covers nothing, allowed: at least one of group, target, label, or `all: true`");
  }
}

std::optional<MatchSettings> parse_match(const std::vector<std::string>& texts, std::string& why) {
  if (texts.empty() || texts.size() > kMostMatches) {
    why = "a maintenance needs 1 to 1000 matches, allowed: " + std::string(kMatchForms);
    return std::nullopt;
  }
  MatchSettings match;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string key = text.substr(0, equals);
    const bool is_key = !key.empty() && std::all_of(key.begin(), key.end(), is_label_character);
    if (equals == std::string::npos || !is_key || equals + 1 == text.size() || text.size() > kLongestMatch ||
        has_control_characters(text)) {
      why = quoted(text) + " says not what to cover, allowed: " + kMatchForms;
      return std::nullopt;
    }
    std::string value = text.substr(equals + 1);
    if (key == "group") {
      match.groups.push_back(std::move(value));
    } else if (key == "target") {
      match.targets.push_back(lower(std::move(value)));
    } else {
      match.labels[key].push_back(std::move(value));
    }
  }
  return match;
}

std::string match_text(const MatchSettings& match) {
  if (match.all) return "all";
  std::string out;
  const auto add = [&out](std::string_view key, const std::vector<std::string>& values) {
    for (const std::string& value : values)
      out.append(out.empty() ? "" : ", ").append(key).append("=").append(value);
  };
  add("group", match.groups);
  add("target", match.targets);
  for (const auto& [name, values] : match.labels) add(name, values);
  return out;
}

std::optional<unsigned> parse_weekday(std::string_view text) {
  for (unsigned i = 0; i < kWeekdays.size(); ++i) {
    if (text == kWeekdays[i] || text == kWeekdays[i].substr(0, 3)) return i;
  }
  return std::nullopt;
}

std::string_view weekday_name(unsigned weekday) {
  return kWeekdays[weekday % kWeekdays.size()].substr(0, 3);
}

}  // namespace rdpwatch::config
