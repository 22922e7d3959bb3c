#pragma once
// The daemon's log: one line an event on stderr, logfmt or JSON, with key-value pairs. What a host or a file
// brought in goes into values, which are escaped, so nobody can forge a line. Thread-safe.
//
//   log::info("target changed state", {{"target", name}, {"state", "down"}});
//   time=2026-11-22T14:38:45.380Z level=INFO source=app.cpp:12 msg="target changed state" target=ts09:3389
//   state=down

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rdpwatch::log {

enum class Level : std::uint8_t { debug, info, warn, error };
enum class Format : std::uint8_t { logfmt, json };

/// A key (a literal of [a-z0-9_]) and its value.
struct Field {
  std::string_view key;
  std::string value;
  bool is_text = true;  ///< false: written as it is, a JSON number or boolean

  Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  template <std::integral T>
  Field(std::string_view k, T v) : key(k), value(text_of(v)), is_text(false) {}
  Field(std::string_view k, double v);

 private:
  template <std::integral T>
  static std::string text_of(T v) {
    if constexpr (std::same_as<T, bool>) return v ? "true" : "false";
    return std::to_string(v);
  }
};

/// Call once at start, before threads; until then info and above go out as logfmt.
void set_up(Level level, Format format);

/// As the four below, for fields that are put together.
void write(Level level, std::string_view message, std::span<const Field> fields,
           const std::source_location& where);

void debug(std::string_view message, std::initializer_list<Field> fields = {},
           std::source_location where = std::source_location::current());
void info(std::string_view message, std::initializer_list<Field> fields = {},
          std::source_location where = std::source_location::current());
void warn(std::string_view message, std::initializer_list<Field> fields = {},
          std::source_location where = std::source_location::current());
void error(std::string_view message, std::initializer_list<Field> fields = {},
           std::source_location where = std::source_location::current());

/// One line without its newline. `source` is "file.cpp:12".
std::string format_line(Format format, Level level, std::chrono::system_clock::time_point time,
                        std::string_view source, std::string_view message, std::span<const Field> fields);

}  // namespace rdpwatch::log
