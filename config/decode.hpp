#pragma once
// The sections of the configuration, one function each. All of them report to the diagnostics and go on.

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "config/yaml_tree.hpp"

namespace rdpwatch::config {

void decode_global(const Node& node, Diagnostics& diagnostics, GlobalSettings& global);

/// Adds the configured modules to the built-in ones. `directory`: what a relative ca_file is relative to.
void decode_modules(const Node& node, const std::string& directory, Diagnostics& diagnostics,
                    std::map<std::string, ModuleSettings>& modules);

/// Needs the global settings and the modules decoded.
void decode_inventory(const Node& node, const std::string& directory, Diagnostics& diagnostics,
                      Settings& settings);

/// Needs the inventory decoded, whose groups a window may name.
void decode_maintenance(const Node& node, Diagnostics& diagnostics, Settings& settings);

void decode_metrics(const Node& node, Diagnostics& diagnostics, MetricsSettings& metrics);
void decode_events(const Node& node, Diagnostics& diagnostics, EventsSettings& events);
/// `directory`: what a relative path is relative to.
void decode_storage(const Node& node, const std::string& directory, Diagnostics& diagnostics,
                    StorageSettings& storage);
void decode_web(const Node& node, Diagnostics& diagnostics, WebSettings& web);

/// A list of targets, each "host:port" or, where `mappings` says so, {target: ..., labels: {...}}.
void decode_targets(const Node& list, const std::string& path, bool mappings, Diagnostics& diagnostics,
                    std::vector<TargetSettings>& targets);

/// An IP literal or "" at `key`, in canonical form.
class MapReader;
void read_source_address(MapReader& reader, std::string& out);

/// `path` itself when it is absolute, else inside `directory`.
std::string absolute_path(const std::string& directory, const std::string& path);

}  // namespace rdpwatch::config
