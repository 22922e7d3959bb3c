#pragma once
// The configuration and the inventory for commands that run once.

#include <optional>
#include <string>

#include "config/settings.hpp"
#include "daemon/cli/streams.hpp"
#include "daemon/inventory/inventory.hpp"

namespace rdpwatch::cli {

/// Nothing after all errors went to streams.err. An empty file name gives the built-in modules and the
/// defaults.
std::optional<config::Settings> load_settings(const std::string& file, const Streams& streams);

/// All targets, those of the discovery files included; what is wrong with such a file goes to streams.err.
inventory::Snapshot current_inventory(const config::Settings& settings, const Streams& streams);

}  // namespace rdpwatch::cli
