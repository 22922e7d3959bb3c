#include "daemon/report/json_text.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>

#include "daemon/report/text_clean.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::report {
namespace {

constexpr std::size_t kLine = 100;
constexpr std::size_t kStep = 2;

void append_escape(std::string& out, char32_t code) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(code));
  out += text.data();
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const Character character = first_character(text);
    text.remove_prefix(character.bytes);
    const char32_t code = character.code;
    if (code == '"' || code == '\\') {
      out += '\\';
      out += static_cast<char>(code);
    } else if (code == '\n') {
      out += "\\n";
    } else if (!is_unsafe(code)) {
      append_utf8(out, code);
    } else if (code < 0x10000) {
      append_escape(out, code);
    } else {
      append_escape(out, 0xD800 + ((code - 0x10000) >> 10));
      append_escape(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
    }
  }
  out += '"';
}

void append_scalar(std::string& out, const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      out += "null";
      return;
    case boost::json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case boost::json::kind::int64:
      out += std::to_string(value.get_int64());
      return;
    case boost::json::kind::uint64:
      out += std::to_string(value.get_uint64());
      return;
    case boost::json::kind::double_:
      out += decimal(value.get_double());
      return;
    case boost::json::kind::string:
      append_string(out, value.get_string());
      return;
    case boost::json::kind::array:
    case boost::json::kind::object:
      return;
  }
}

// `gap` is what stands after commas, colons and inside braces.
void append_flat(std::string& out, const boost::json::value& value, std::string_view gap) {
  if (const auto* const array = value.if_array()) {
    out += '[';
    bool first = true;
    for (const auto& element : *array) {
      if (!first) out.append(",").append(gap);
      first = false;
      append_flat(out, element, gap);
    }
    out += ']';
  } else if (const auto* const object = value.if_object()) {
    out.append("{").append(object->empty() ? "" : gap);
    bool first = true;
    for (const auto& [key, member] : *object) {
      if (!first) out.append(",").append(gap);
      first = false;
      append_string(out, key);
      out.append(":").append(gap);
      append_flat(out, member, gap);
    }
    out.append(object->empty() ? "" : gap).append("}");
  } else {
    append_scalar(out, value);
  }
}

void append_indented(std::string& out, const boost::json::value& value, std::size_t indent,
                     std::size_t column) {
  std::string flat;
  append_flat(flat, value, " ");
  const bool is_container = value.is_array() || value.is_object();
  if (!is_container || column + flat.size() <= kLine) {
    out += flat;
    return;
  }
  const std::string margin(indent + kStep, ' ');
  bool first = true;
  out += value.is_array() ? "[" : "{";
  const auto begin_element = [&] {
    out.append(first ? "\n" : ",\n").append(margin);
    first = false;
  };
  if (const auto* const array = value.if_array()) {
    for (const auto& element : *array) {
      begin_element();
      append_indented(out, element, indent + kStep, margin.size());
    }
  } else {
    for (const auto& [key, member] : value.get_object()) {
      begin_element();
      const std::size_t start = out.size() - margin.size();
      append_string(out, key);
      out += ": ";
      append_indented(out, member, indent + kStep, out.size() - start);
    }
  }
  out.append("\n").append(std::string(indent, ' ')).append(value.is_array() ? "]" : "}");
}

}  // namespace

std::string to_text(const boost::json::value& value, JsonLayout layout) {
  std::string out;
  if (layout == JsonLayout::compact) {
    append_flat(out, value, "");
  } else {
    append_indented(out, value, 0, 0);
  }
  return out;
}

}  // namespace rdpwatch::report
