#include "config/load.hpp"

#include <filesystem>

#include "config/decode.hpp"
#include "config/deprecated_keys.hpp"
#include "config/map_reader.hpp"
#include "config/read_file.hpp"

namespace rdpwatch::config {

namespace {

std::string absolute(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path result = std::filesystem::absolute(path, ignored);
  return ignored ? path : result.lexically_normal().string();
}

void decode_root(const Node& root, Settings& settings, Diagnostics& diagnostics) {
  if (root.kind == Node::Kind::null) {
    // An empty file is more likely one that is still being written than the wish to watch nothing.
    diagnostics.add({1, 1}, "the file is empty, allowed: at least `inventory: []`");
    return;
  }
  MapReader reader(root, "",
                   {"global", "modules", "inventory", "maintenance", "metrics", "events", "web", "storage"},
                   diagnostics);
  const std::string directory = std::filesystem::path(settings.file).parent_path().string();
  if (const Node* global = reader.find("global")) decode_global(*global, diagnostics, settings.global);
  if (const Node* modules = reader.find("modules")) {
    decode_modules(*modules, directory, diagnostics, settings.modules);
  }
  if (const Node* inventory = reader.find("inventory"))
    decode_inventory(*inventory, directory, diagnostics, settings);
  if (const Node* maintenance = reader.find("maintenance"))
    decode_maintenance(*maintenance, diagnostics, settings);
  if (const Node* metrics = reader.find("metrics")) decode_metrics(*metrics, diagnostics, settings.metrics);
  if (const Node* events = reader.find("events")) decode_events(*events, diagnostics, settings.events);
  if (const Node* web = reader.find("web")) decode_web(*web, diagnostics, settings.web);
  if (const Node* storage = reader.find("storage")) {
    decode_storage(*storage, directory, diagnostics, settings.storage);
  }
}

}  // namespace

LoadResult load_text(const std::string& text, const std::string& path) {
  return load_text(text, path, deprecated_keys());
}

LoadResult load_text(const std::string& text, const std::string& path,
                     std::span<const DeprecatedKey> deprecated) {
  Diagnostics diagnostics(path);
  Settings settings;
  settings.file = absolute(path);
  settings.modules = built_in_modules();
  if (text.size() > kLargestFile) {
    diagnostics.add({}, "is larger than 64 MiB, allowed: at most 64 MiB");
  } else if (std::optional<Node> root = parse_yaml(text, diagnostics)) {
    for (const Error& warning : rename_deprecated(*root, deprecated, diagnostics))
      settings.warnings.push_back(to_string(warning));
    decode_root(*root, settings, diagnostics);
  }
  if (!diagnostics.empty()) return diagnostics.take();
  return settings;
}

LoadResult load_file(const std::string& path) {
  std::string text, why;
  if (!read_file(path, text, why)) return std::vector<Error>{{{path, 0, 0}, why}};
  return load_text(text, path);
}

}  // namespace rdpwatch::config
