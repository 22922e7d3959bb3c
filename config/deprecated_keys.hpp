#pragma once
// Keys that an earlier release called by another name. They are read as what they are called now, and whoever
// still uses them is told so, for as long as their row stands here. Thread-safe: pure functions.

#include <span>
#include <string_view>
#include <vector>

#include "config/yaml_tree.hpp"

namespace rdpwatch::config {

struct DeprecatedKey {
  /// The mapping that has it: "global"; "inventory.*" is each group, "modules.*" each module, "" the file.
  std::string_view mapping;
  std::string_view old_name;
  std::string_view new_name;
  std::string_view since;  ///< the release that renamed it
};

/// Outer mappings first, because `mapping` has the new names. None so far: no release has renamed a key.
std::span<const DeprecatedKey> deprecated_keys();

/// Gives the keys of `tree` their new names. Each is a warning; a mapping with both names is an error.
std::vector<Error> rename_deprecated(Node& tree, std::span<const DeprecatedKey> keys,
                                     Diagnostics& diagnostics);

}  // namespace rdpwatch::config
