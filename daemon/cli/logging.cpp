#include "daemon/cli/logging.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <memory>

#include "daemon/report/text_clean.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::log {
namespace {

constexpr std::size_t kLongestValue = 2048;

std::string_view level_name(Level level) {
  switch (level) {
    case Level::debug:
      return "DEBUG";
    case Level::info:
      return "INFO";
    case Level::warn:
      return "WARN";
    case Level::error:
      return "ERROR";
  }
  return "";
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// The lines are complete when they come here: spdlog filters by level and writes whole lines under a lock.
struct Log {
  spdlog::logger logger{"rdpwatch", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  Format format = Format::logfmt;

  Log() {
    logger.set_pattern("%v");
    logger.flush_on(spdlog::level::debug);
  }
};

Log& the_log() {
  static Log log;
  return log;
}

// A JSON string's body; logfmt uses the same escapes. What could disturb a terminal or forge a line is
// escaped.
void append_escaped(std::string& out, std::string_view text) {
  const bool cut = text.size() > kLongestValue;
  text = text.substr(0, kLongestValue);
  std::array<char, 16> escape{};
  while (!text.empty()) {
    const report::Character character = report::first_character(text);
    text.remove_prefix(character.bytes);
    if (character.code == '"' || character.code == '\\') {
      out += '\\';
      out += static_cast<char>(character.code);
    } else if (character.code == '\n') {
      out += "\\n";
    } else if (!report::is_unsafe(character.code)) {
      report::append_utf8(out, character.code);
    } else if (character.code < 0x10000) {
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(character.code));
      out += escape.data();
    } else {
      report::append_utf8(out, 0xFFFD);
    }
  }
  if (cut) out += "...";
}

bool needs_quotes(std::string_view text) {
  if (text.empty() || text.size() > kLongestValue) return true;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F) return true;
    if (static_cast<unsigned char>(c) >= 0x80) return true;
  }
  return false;
}

void append_logfmt_text(std::string& out, std::string_view text) {
  if (!needs_quotes(text)) {
    out += text;
    return;
  }
  out += '"';
  append_escaped(out, text);
  out += '"';
}

void append_json_member(std::string& out, std::string_view key, std::string_view value, bool is_text) {
  out.append(out.empty() ? "{\"" : ",\"").append(key).append("\":");
  if (!is_text) {
    out += value;
    return;
  }
  out += '"';
  append_escaped(out, value);
  out += '"';
}

std::string json_line(Level level, std::string_view time, std::string_view source, std::string_view message,
                      std::span<const Field> fields) {
  std::string out;
  append_json_member(out, "time", time, true);
  append_json_member(out, "level", level_name(level), true);
  append_json_member(out, "source", source, true);
  append_json_member(out, "msg", message, true);
  for (const Field& field : fields) append_json_member(out, field.key, field.value, field.is_text);
  return out + "}";
}

std::string logfmt_line(Level level, std::string_view time, std::string_view source, std::string_view message,
                        std::span<const Field> fields) {
  std::string out = "time=" + std::string(time) + " level=" + std::string(level_name(level)) +
                    " source=" + std::string(source) + " msg=\"";
  append_escaped(out, message);
  out += '"';
  for (const Field& field : fields) {
    out.append(" ").append(field.key).append("=");
    append_logfmt_text(out, field.value);
  }
  return out;
}

}  // namespace

Field::Field(std::string_view k, double v) : key(k), value(report::decimal(v)), is_text(false) {}

void set_up(Level level, Format format) {
  Log& log = the_log();
  log.logger.set_level(spdlog_level(level));
  log.format = format;
}

void write(Level level, std::string_view message, std::span<const Field> fields,
           const std::source_location& where) {
  Log& log = the_log();
  if (!log.logger.should_log(spdlog_level(level))) return;
  std::string_view file = where.file_name();
  file.remove_prefix(file.rfind('/') + 1);  // npos + 1 is 0.
  const std::string source = std::string(file) + ":" + std::to_string(where.line());
  const std::string line =
      format_line(log.format, level, std::chrono::system_clock::now(), source, message, fields);
  log.logger.log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

void debug(std::string_view message, std::initializer_list<Field> fields, std::source_location where) {
  write(Level::debug, message, {fields.begin(), fields.size()}, where);
}

void info(std::string_view message, std::initializer_list<Field> fields, std::source_location where) {
  write(Level::info, message, {fields.begin(), fields.size()}, where);
}

void warn(std::string_view message, std::initializer_list<Field> fields, std::source_location where) {
  write(Level::warn, message, {fields.begin(), fields.size()}, where);
}

void error(std::string_view message, std::initializer_list<Field> fields, std::source_location where) {
  write(Level::error, message, {fields.begin(), fields.size()}, where);
}

std::string format_line(Format format, Level level, std::chrono::system_clock::time_point time,
                        std::string_view source, std::string_view message, std::span<const Field> fields) {
  const std::string when = report::rfc3339_milliseconds(time);
  switch (format) {
    case Format::logfmt:
      return logfmt_line(level, when, source, message, fields);
    case Format::json:
      return json_line(level, when, source, message, fields);
  }
  return "";
}

}  // namespace rdpwatch::log
