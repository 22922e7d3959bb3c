#pragma once
// YAML text -> a tree of nodes that keep their place. Built from yaml-cpp's events, because its own Node
// forgets the second of two equal keys, follows aliases without a bound and takes several times the memory.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.hpp"

namespace rdpwatch::config {

struct Node {
  enum class Kind {
    null,
    scalar,
    sequence,
    mapping,
    refused
  };  ///< refused: an error has been reported for it

  Kind kind = Kind::null;
  Place place;
  bool plain = false;          ///< a scalar without quotes
  std::string text;            ///< of a scalar
  std::vector<Node> children;  ///< elements of a sequence; key, value, key, value ... of a mapping
};

/// Parses one document. Errors go to `diagnostics`: text that is not UTF-8 or has control characters, syntax,
/// a second document, anchors, aliases, tags, duplicate keys and keys that are no scalars. Nothing is
/// returned when there is no tree to go on with; an empty document is a node of kind null.
std::optional<Node> parse_yaml(std::string_view text, Diagnostics& diagnostics);

/// What a node is, for messages: 'text', "a list", "a mapping" or "an empty value".
std::string describe(const Node& node);

}  // namespace rdpwatch::config
