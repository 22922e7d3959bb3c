// The commands that touch no network: explain, check-config, print-metrics, print-runbooks.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <stdexcept>

#include "config/maintenance_match.hpp"
#include "config/text.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/load_config.hpp"
#include "daemon/maintenance/matcher.hpp"
#include "daemon/metrics/catalogue.hpp"
#include "daemon/report/explain.hpp"
#include "daemon/report/runbook.hpp"
#include "daemon/report/text_clean.hpp"

namespace rdpwatch::cli {
namespace {

std::string count(std::size_t number, const std::string& thing) {
  return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!(file << text).flush()) throw std::runtime_error(path.string() + ": can't be written");
}

/// Not an error: its targets may be still to come.
void warn_of_idle_windows(const config::Settings& settings, const inventory::Snapshot& inventory,
                          const Streams& streams) {
  for (const auto& window : settings.maintenance) {
    const bool covers_one = std::ranges::any_of(
        inventory, [&window](const auto& entry) { return maintenance::covers(window.match, *entry.second); });
    if (covers_one) continue;
    streams.err << "warning: " << report::clean(settings.file) << ": the maintenance window "
                << report::clean(config::quoted(window.name)) << " covers no target of the inventory ("
                << report::clean(config::match_text(window.match)) << ")\n";
  }
}

}  // namespace

int explain(const ExplainOptions& options, const Streams& streams) {
  const auto extended = options.extended.empty() ? std::nullopt : std::optional(options.extended);
  const report::Explanation explanation = report::explain(options.subject, extended, streams.out_style);
  (explanation.known ? streams.out : streams.err) << explanation.text;
  return explanation.known ? kOk : kUnknown;
}

int check_config(const std::string& file, const Streams& streams) {
  const auto settings = load_settings(file, streams);
  if (!settings) return kInvalidConfiguration;
  const inventory::Snapshot inventory = current_inventory(*settings, streams);
  for (const auto& warning : settings->warnings)
    streams.err << "warning: " << report::clean(warning) << "\n";
  warn_of_idle_windows(*settings, inventory, streams);
  streams.out << report::clean(file) << ": " << count(inventory.size(), "target") << " in "
              << count(settings->inventory.size(), "group") << ", "
              << count(settings->modules.size(), "module") << "\n";
  return kOk;
}

int print_metrics(const std::string& format, const Streams& streams) {
  streams.out << metrics::render_catalogue(*metrics::catalogue_format_by_name(format));
  return kOk;
}

int print_runbooks(const std::string& folder, const Streams& streams) {
  const std::filesystem::path into(folder);
  std::filesystem::create_directories(into);
  write_file(into / "README.md", report::runbook_index());
  for (const diagnosis::Cause& cause : diagnosis::causes()) {
    write_file(into / (cause.id + ".md"), report::runbook_page(cause));
  }
  streams.out << report::clean(folder) << ": " << count(diagnosis::causes().size(), "page")
              << " and an index\n";
  return kOk;
}

}  // namespace rdpwatch::cli
