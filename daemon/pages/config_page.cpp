#include "daemon/pages/config_page.hpp"

#include <boost/json/array.hpp>

#include "config/text.hpp"
#include "daemon/report/json_parts.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;

http::Response as_yaml(std::string yaml) {
  http::Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(yaml);
  return response;
}

/// Whole lines, so that no character of UTF-8 is cut through.
std::string first_lines(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  const auto end = text.rfind('\n', most - 1);
  return end == std::string::npos ? std::string() : text.substr(0, end + 1);
}

void put_reload(json::object& out, const Configuration& configuration, fleet::WallTime now) {
  if (configuration.loaded) out["loaded"] = moment(*configuration.loaded, now);
  if (!configuration.reload_failed) return;
  out["reload_failed"] = moment(*configuration.reload_failed, now);
  out["reload_error"] = configuration.reload_error;
}

json::array held_rows(const std::vector<inventory::HeldChange>& held) {
  json::array out;
  for (const auto& change : held) {
    out.push_back(
        {{"held_group", change.group}, {"held_removes", change.would_remove}, {"held_of", change.of}});
  }
  return out;
}

}  // namespace

void ConfigurationBoard::set_flags(std::vector<std::pair<std::string, std::string>> flags) {
  const std::lock_guard lock(mutex_);
  configuration_.flags = std::move(flags);
}

void ConfigurationBoard::loaded(std::string yaml, std::string file, fleet::WallTime when) {
  const std::lock_guard lock(mutex_);
  configuration_.yaml = std::move(yaml);
  configuration_.file = std::move(file);
  configuration_.loaded = when;
  configuration_.reload_error.clear();
  configuration_.reload_failed.reset();
}

void ConfigurationBoard::reload_failed(std::string errors, fleet::WallTime when) {
  errors = first_lines(errors, kKeptErrors);
  const std::lock_guard lock(mutex_);
  configuration_.reload_error = std::move(errors);
  configuration_.reload_failed = when;
}

void ConfigurationBoard::set_held(std::vector<inventory::HeldChange> held) {
  const std::lock_guard lock(mutex_);
  configuration_.held = std::move(held);
}

Configuration ConfigurationBoard::get() const {
  const std::lock_guard lock(mutex_);
  return configuration_;
}

std::variant<Page, http::Response> config_page(Configuration configuration, const metrics::SelfStatus& self,
                                               fleet::WallTime now, Parameters parameters) {
  parameters = filled_in(std::move(parameters));
  if (auto fault = unknown_parameter(parameters, {"format"})) return std::move(*fault);
  const std::string format = value_of(parameters, "format");
  if (format == "yaml") return as_yaml(std::move(configuration.yaml));
  if (!format.empty())
    return fault_page(400, "format: " + config::quoted(format) + " is not known", {"yaml"});
  Page page;
  page.name = "config";
  page.title = "Configuration";
  page.section = "config";
  json::object& model = page.model;
  put_reload(model, configuration, now);
  report::put_text(model, "config_file", configuration.file);
  const std::string shown = first_lines(configuration.yaml, kShownYaml);
  model["yaml_cut"] = shown.size() < configuration.yaml.size();
  report::put_text(model, "yaml", shown);
  json::array sources;
  for (const auto& [source, targets] : self.targets_by_source)
    sources.push_back({{"source_name", source}, {"source_targets", targets}});
  model["sources"] = std::move(sources);
  model["has_held"] = !configuration.held.empty();
  model["held"] = held_rows(configuration.held);
  json::array flags;
  for (const auto& [name, value] : configuration.flags)
    flags.push_back({{"flag_name", name}, {"flag_value", value}});
  model["flags"] = std::move(flags);
  return page;
}

}  // namespace rdpwatch::pages
