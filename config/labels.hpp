#pragma once
// Reading a mapping of labels.

#include <string>

#include "config/settings.hpp"
#include "config/yaml_tree.hpp"

namespace rdpwatch::config {

enum class LabelOrigin {
  configuration,  ///< names that begin with __ are errors
  discovery       ///< they are dropped, as Prometheus does after relabelling
};

/// At most 64 labels, names of at most 128 bytes, values of at most 1024. A value is taken as it is written
/// (12 and true are texts here); an empty one is kept, for it takes away a label of the group.
void read_labels(const Node& node, const std::string& path, LabelOrigin origin, Diagnostics& diagnostics,
                 Labels& labels);

}  // namespace rdpwatch::config
