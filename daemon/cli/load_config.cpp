#include "daemon/cli/load_config.hpp"

#include <boost/asio/io_context.hpp>
#include <ostream>
#include <variant>
#include <vector>

#include "config/load.hpp"
#include "daemon/inventory/inventory_manager.hpp"
#include "daemon/report/text_clean.hpp"

namespace rdpwatch::cli {

std::optional<config::Settings> load_settings(const std::string& file, const Streams& streams) {
  if (file.empty()) {
    config::Settings settings;
    settings.modules = config::built_in_modules();
    return settings;
  }
  config::LoadResult loaded = config::load_file(file);
  if (auto* const settings = std::get_if<config::Settings>(&loaded)) return std::move(*settings);
  for (const auto& error : std::get<std::vector<config::Error>>(loaded)) {
    streams.err << report::clean(config::to_string(error)) << "\n";
  }
  return std::nullopt;
}

inventory::Snapshot current_inventory(const config::Settings& settings, const Streams& streams) {
  boost::asio::io_context io;
  const auto show = [&](inventory::Severity severity, const std::string& message) {
    if (severity == inventory::Severity::warning)
      streams.err << "warning: " << report::clean(message) << "\n";
  };
  inventory::InventoryManager manager(
      io.get_executor(), [](const auto&) {}, show);
  manager.reload(settings);
  manager.stop();
  return *manager.snapshot();
}

}  // namespace rdpwatch::cli
