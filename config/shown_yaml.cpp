#include "config/shown_yaml.hpp"

#include <array>
#include <cstdio>
#include <string_view>

#include "config/duration.hpp"
#include "config/maintenance_match.hpp"
#include "config/names.hpp"

namespace rdpwatch::config {
namespace {

using std::chrono::milliseconds;

/// In double quotes whatever it is: an unquoted text can be a number, a list or a comment.
std::string text(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append("\\").push_back(c);
    } else if (byte < 0x20 || byte == 0x7F) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\x%02x", byte);
      out.append(escape.data());
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

std::string list(const std::vector<std::string>& values) {
  std::string out;
  for (const auto& value : values) out.append(out.empty() ? "" : ", ").append(text(value));
  return "[" + out + "]";
}

std::string mapping(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels)
    out.append(out.empty() ? "" : ", ").append(text(name)).append(": ").append(text(value));
  return "{" + out + "}";
}

std::string yes_or_no(bool value) {
  return value ? "true" : "false";
}

class Page {
 public:
  void line(int indent, std::string_view key, const std::string& value) {
    out_.append(static_cast<std::size_t>(indent), ' ').append(key).append(": ").append(value).append("\n");
  }
  void line(int indent, std::string_view key, milliseconds value) {
    line(indent, key, format_duration(value));
  }
  void line(int indent, std::string_view key, int value) { line(indent, key, std::to_string(value)); }
  void begin(int indent, std::string_view key) {
    out_.append(static_cast<std::size_t>(indent), ' ').append(key).append(":\n");
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void show_global(Page& page, const GlobalSettings& global) {
  page.begin(0, "global");
  page.line(2, "probe_interval", global.probe_interval);
  page.line(2, "probe_timeout", global.probe_timeout);
  page.begin(2, "confirm");
  page.line(4, "attempts", global.confirm.attempts);
  page.line(4, "delay", global.confirm.delay);
  page.line(2, "max_in_flight", global.max_in_flight);
  page.line(2, "max_in_flight_per_subnet", global.max_in_flight_per_subnet);
  page.line(2, "max_connections_per_minute", global.max_connections_per_minute);
  page.line(2, "max_backoff", global.max_backoff);
  page.line(2, "workers", global.workers);
  page.line(2, "source_address", text(global.source_address));
  page.line(2, "labels", mapping(global.labels));
  page.begin(2, "resolver");
  page.line(4, "nameservers", list(global.resolver.nameservers));
}

/// Keys that have no effect at a module's depth are errors in a file, so they are left out.
void show_module(Page& page, const ModuleSettings& module) {
  const bool negotiates = reaches(module.depth, "negotiate");
  const bool has_tls = reaches(module.depth, "tls");
  page.begin(2, text(module.name));
  page.line(4, "depth", module.depth);
  // NLA brings TLS with it, and a file must not deny it.
  if (negotiates && (module.require_tls || !module.require_nla))
    page.line(4, "require_tls", yes_or_no(module.require_tls));
  if (negotiates) page.line(4, "require_nla", yes_or_no(module.require_nla));
  if (negotiates) page.line(4, "cookie", text(module.cookie));
  if (has_tls) {
    page.line(4, "fail_on", list(module.fail_on));
    page.line(4, "ca_file", text(module.ca_file));
    page.line(4, "server_name", text(module.server_name));
    page.begin(4, "tls");
    page.line(6, "min_version", module.tls_min_version);
  }
  page.line(4, "source_address", text(module.source_address));
  if (negotiates) {
    page.begin(4, "audit");
    page.line(6, "interval", module.audit_interval);
  }
  page.begin(4, "diagnosis");
  page.line(6, "experiments", module.diagnosis_experiments);
  page.line(6, "patient", yes_or_no(module.diagnosis_patient));
}

std::string shown_modules(const std::map<std::string, ModuleSettings>& modules) {
  const auto built_in = built_in_modules();
  Page page;
  std::string names;
  for (const auto& [name, module] : built_in) names.append(names.empty() ? "" : ", ").append(name);
  for (const auto& [name, module] : modules) {
    if (!built_in.contains(name)) show_module(page, module);
  }
  const std::string own = page.take();
  return "# Built in: " + names + "\n" + (own.empty() ? "modules: {}\n" : "modules:\n" + own);
}

void show_group(Page& page, const GroupSettings& group) {
  page.line(2, "- group", text(group.group));
  page.line(4, "module", text(group.module));
  // Zero is not a time but the global one.
  if (group.interval.count() > 0) page.line(4, "interval", group.interval);
  if (group.timeout.count() > 0) page.line(4, "timeout", group.timeout);
  page.line(4, "labels", mapping(group.labels));
  page.line(4, "expand_addresses", yes_or_no(group.expand_addresses));
  if (!group.targets.empty()) page.begin(4, "targets");
  for (const auto& target : group.targets) {
    page.line(6, "- target", text(target_name(target)));
    if (!target.labels.empty()) page.line(8, "labels", mapping(target.labels));
  }
  if (!group.file_sd.empty()) page.begin(4, "file_sd");
  for (const auto& source : group.file_sd) {
    page.line(6, "- files", list(source.files));
    page.line(8, "refresh_interval", source.refresh_interval);
  }
}

void show_match(Page& page, const MatchSettings& match) {
  page.begin(4, "match");
  if (match.all) page.line(6, "all", yes_or_no(true));
  if (!match.groups.empty()) page.line(6, "group", list(match.groups));
  if (!match.targets.empty()) page.line(6, "target", list(match.targets));
  if (!match.labels.empty()) page.begin(6, "label");
  for (const auto& [name, values] : match.labels) page.line(8, text(name), list(values));
}

/// "2026-12-01 22:00"
std::string local_time(LocalMinutes time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto minutes = static_cast<int>((time - day).count());
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), minutes / 60,
                minutes % 60);
  return text(out.data());
}

void show_times(Page& page, const WindowSettings& window) {
  std::string days;
  for (const unsigned day : window.weekdays) days.append(days.empty() ? "" : ", ").append(weekday_name(day));
  for (const auto& day : window.monthly_days) {
    days.append(days.empty() ? "" : ", ").append("{weekday: ").append(weekday_name(day.weekday));
    days.append(", which: ");
    days.append(day.which == kLastOfMonth ? "last" : std::to_string(day.which)).append("}");
  }
  switch (window.repeat) {
    case WindowRepeat::once:
      page.begin(4, "once");
      page.line(6, "from", local_time(window.from));
      if (window.to) page.line(6, "to", local_time(*window.to));
      return;
    case WindowRepeat::weekly:
      page.begin(4, "weekly");
      break;
    case WindowRepeat::monthly:
      page.begin(4, "monthly");
      break;
  }
  std::array<char, 16> at{};
  std::snprintf(at.data(), at.size(), "%02d:%02d", static_cast<int>(window.at.count() / 60),
                static_cast<int>(window.at.count() % 60));
  page.line(6, "days", "[" + days + "]");
  page.line(6, "at", text(at.data()));
}

void show_window(Page& page, const WindowSettings& window) {
  page.line(2, "- name", text(window.name));
  show_match(page, window.match);
  show_times(page, window);
  if (!window.to) page.line(4, "duration", window.duration);
  page.line(4, "time_zone", text(window.time_zone));
  page.line(4, "reason", text(window.reason));
}

}  // namespace

std::string shown_yaml(const Settings& settings) {
  Page page;
  show_global(page, settings.global);
  std::string out = page.take() + shown_modules(settings.modules);
  Page rest;
  if (!settings.inventory.empty()) rest.begin(0, "inventory");
  for (const auto& group : settings.inventory) show_group(rest, group);
  if (!settings.maintenance.empty()) rest.begin(0, "maintenance");
  for (const auto& window : settings.maintenance) show_window(rest, window);
  rest.begin(0, "metrics");
  rest.line(2, "targets_on_root", yes_or_no(settings.metrics.targets_on_root));
  rest.line(2, "max_series", std::to_string(settings.metrics.max_series));
  rest.begin(0, "events");
  rest.line(2, "retention", settings.events.retention);
  rest.line(2, "max", std::to_string(settings.events.max));
  rest.begin(0, "web");
  rest.begin(2, "probe");
  rest.line(4, "allow", list(settings.web.probe_allow));
  rest.begin(0, "storage");
  rest.line(2, "path", text(settings.storage.path));
  rest.line(2, "flush_interval", settings.storage.flush_interval);
  return out + rest.take();
}

}  // namespace rdpwatch::config
