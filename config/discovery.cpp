// load_discovery_file of load.hpp.

#include <cstdint>
#include <cstdio>

#include "config/decode.hpp"
#include "config/labels.hpp"
#include "config/load.hpp"
#include "config/map_reader.hpp"
#include "config/read_file.hpp"

namespace rdpwatch::config {

namespace {

/// The value of four hexadecimal digits after a \u at `at`; -1 when they are not there.
int utf16_unit(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int unit = 0;
  for (char c : text.substr(at + 2, 4)) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/// JSON writes characters beyond U+FFFF as two \u escapes, which YAML does not know: turns them into one \U.
std::string join_surrogates(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const int high = utf16_unit(text, i);
    const int low = high >= 0xD800 && high <= 0xDBFF ? utf16_unit(text, i + 6) : -1;
    if (low >= 0xDC00 && low <= 0xDFFF) {
      char escape[11];
      std::snprintf(escape, sizeof escape, "\\U%08x",
                    static_cast<unsigned>(0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00)));
      out += escape;
      i += 12;
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      out.append(text.substr(i, 2));  // As a pair, or the second of two backslashes would begin an escape.
      i += 2;
    } else {
      out += text[i++];
    }
  }
  return out;
}

bool is_json(const std::string& path) {
  return path.size() > 5 && path.compare(path.size() - 5, 5, ".json") == 0;
}

void decode_entry(const Node& node, std::size_t index, Diagnostics& diagnostics,
                  std::vector<TargetSettings>& targets) {
  const std::string path = "entry " + std::to_string(index);
  MapReader reader(node, path, {"targets", "labels"}, diagnostics);
  if (!reader.is_mapping()) return;
  Labels labels;
  const Node* label_node = reader.find("labels");
  if (label_node != nullptr && label_node->kind != Node::Kind::null) {
    read_labels(*label_node, reader.path("labels"), LabelOrigin::discovery, diagnostics, labels);
  }
  if (!reader.has("targets")) {
    diagnostics.add(node.place,
                    path + ": the key targets is missing, allowed: {targets: [...], labels: {...}}");
    return;
  }
  const Node* list = reader.read_list("targets", "targets");
  if (list == nullptr) return;
  const std::size_t first = targets.size();
  decode_targets(*list, reader.path("targets"), false, diagnostics, targets);
  const SharedLabels shared(std::move(labels));
  for (std::size_t i = first; i < targets.size(); ++i) targets[i].labels = shared;
}

}  // namespace

DiscoveredTargets load_discovery_file(const std::string& path) {
  DiscoveredTargets result;
  std::string text, why;
  if (!read_file(path, text, why)) {
    result.errors.push_back({{path, 0, 0}, why});
    return result;
  }
  if (is_json(path)) text = join_surrogates(text);
  Diagnostics diagnostics(path);
  const std::optional<Node> root = parse_yaml(text, diagnostics);
  if (root && root->kind == Node::Kind::null) {
    // As for the configuration: most likely it is still being written.
    diagnostics.add(
        {1, 1},
        "the file is empty, allowed: a list of {targets: [...], labels: {...}}, or [] for no targets");
  } else if (root && root->kind != Node::Kind::sequence) {
    report_wrong(*root, "the file", "a list of {targets: [...], labels: {...}}", diagnostics);
  } else if (root) {
    for (std::size_t i = 0; i < root->children.size(); ++i) {
      decode_entry(root->children[i], i, diagnostics, result.targets);
    }
  }
  result.errors = diagnostics.take();
  if (!result.errors.empty()) result.targets.clear();
  return result;
}

}  // namespace rdpwatch::config
