#include "config/decode.hpp"
#include "config/labels.hpp"
#include "config/map_reader.hpp"

namespace rdpwatch::config {

namespace {

bool decode_name(const Node& node, Diagnostics& diagnostics, TargetSettings& target) {
  std::string why;
  target.where = node.place;
  if (parse_target(node.text, target, why)) return true;
  diagnostics.add(node.place, why);
  return false;
}

bool decode_mapping(const Node& node, const std::string& path, Diagnostics& diagnostics,
                    TargetSettings& target) {
  MapReader reader(node, path, {"target", "labels"}, diagnostics);
  if (const Node* labels = reader.find("labels")) {
    Labels own;
    read_labels(*labels, reader.path("labels"), LabelOrigin::configuration, diagnostics, own);
    target.labels = std::move(own);
  }
  const Node* name = reader.find("target");
  if (name == nullptr) {
    diagnostics.add(node.place,
                    path + ": the key target is missing, allowed: {target: \"host:port\", labels: {...}}");
    return false;
  }
  if (name->kind == Node::Kind::scalar) return decode_name(*name, diagnostics, target);
  reader.wrong("target", "host, host:port, an IP address or [IPv6]:port");
  return false;
}

}  // namespace

void decode_targets(const Node& list, const std::string& path, bool mappings, Diagnostics& diagnostics,
                    std::vector<TargetSettings>& targets) {
  for (std::size_t i = 0; i < list.children.size(); ++i) {
    const Node& node = list.children[i];
    TargetSettings target;
    if (node.kind == Node::Kind::scalar) {
      if (decode_name(node, diagnostics, target)) targets.push_back(std::move(target));
      continue;
    }
    const std::string element = path + "[" + std::to_string(i) + "]";
    if (!mappings) {
      report_wrong(node, element, "host, host:port, an IP address or [IPv6]:port", diagnostics);
    } else if (node.kind != Node::Kind::mapping) {
      report_wrong(node, element, "host:port or {target: \"host:port\", labels: {...}}", diagnostics);
    } else if (decode_mapping(node, element, diagnostics, target)) {
      targets.push_back(std::move(target));
    }
  }
}

}  // namespace rdpwatch::config
