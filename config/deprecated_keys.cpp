#include "config/deprecated_keys.hpp"

#include <string>

#include "config/text.hpp"

namespace rdpwatch::config {
namespace {

Node* find_key(Node& mapping, std::string_view name) {
  for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
    Node& key = mapping.children[i];
    if (key.kind == Node::Kind::scalar && key.text == name) return &key;
  }
  return nullptr;
}

/// Calls `take` with each mapping that `path` leads to.
template <class Take>
void for_each_mapping(Node& node, std::string_view path, const Take& take) {
  if (path.empty()) {
    if (node.kind == Node::Kind::mapping) take(node);
    return;
  }
  const auto dot = path.find('.');
  const std::string_view first = path.substr(0, dot);
  const std::string_view rest = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  if (node.kind == Node::Kind::sequence && first == "*") {
    for (Node& item : node.children) for_each_mapping(item, rest, take);
  }
  if (node.kind != Node::Kind::mapping) return;
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
    if (first == "*" || node.children[i].text == first) for_each_mapping(node.children[i + 1], rest, take);
  }
}

}  // namespace

std::span<const DeprecatedKey> deprecated_keys() {
  return {};
}

std::vector<Error> rename_deprecated(Node& tree, std::span<const DeprecatedKey> keys,
                                     Diagnostics& diagnostics) {
  std::vector<Error> warnings;
  for (const DeprecatedKey& row : keys) {
    for_each_mapping(tree, row.mapping, [&](Node& mapping) {
      Node* const old_key = find_key(mapping, row.old_name);
      if (old_key == nullptr) return;
      const std::string what = (row.mapping.empty() ? "" : std::string(row.mapping) + ": ") +
                               quoted(std::string(row.old_name)) + " is called " +
                               quoted(std::string(row.new_name)) + " since " + std::string(row.since);
      if (find_key(mapping, row.new_name) != nullptr)
        return diagnostics.add(old_key->place, what + ", and both are there, allowed: one of them");
      old_key->text = row.new_name;
      warnings.push_back(
          {diagnostics.position(old_key->place), what + "; the old name will not be read for ever"});
    });
  }
  return warnings;
}

}  // namespace rdpwatch::config
