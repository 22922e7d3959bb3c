#include "daemon/pages/template.hpp"

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <limits>
#include <stdexcept>

#include "daemon/fleet/series_labels.hpp"
#include "daemon/pages/embedded_files.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
namespace mustache = kainjow::mustache;

constexpr std::string_view kFolder = "templates/";
constexpr std::string_view kParts = "templates/part-";
constexpr std::string_view kEnd = ".html";

std::string text_of(std::string_view template_name) {
  const std::string name = std::string(kFolder).append(template_name).append(kEnd);
  const auto files = embedded_files();
  const auto found =
      std::find_if(files.begin(), files.end(), [&name](const auto& file) { return file.name == name; });
  if (found == files.end()) throw std::logic_error("there is no template " + name);
  return std::string(found->text);
}

mustache::data data_of(const json::value& value);

mustache::data object_of(const json::object& object) {
  mustache::data out(mustache::data::type::object);
  for (const auto& [name, value] : object) out.set(std::string(name), data_of(value));
  return out;
}

mustache::data data_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return {false};
    case json::kind::bool_:
      return {value.get_bool()};
    case json::kind::int64:
      return {std::to_string(value.get_int64())};
    case json::kind::uint64:
      return {std::to_string(value.get_uint64())};
    case json::kind::double_:
      return {report::decimal(value.get_double())};
    case json::kind::string:
      return {std::string(value.get_string())};
    case json::kind::array: {
      mustache::data out(mustache::data::type::list);
      for (const auto& element : value.get_array()) out.push_back(data_of(element));
      return out;
    }
    case json::kind::object:
      return object_of(value.get_object());
  }
  return {false};
}

}  // namespace

std::string render_page(std::string_view name, const json::object& model) {
  mustache::data data = object_of(model);
  for (const auto& file : embedded_files()) {
    if (!file.name.starts_with(kParts)) continue;
    const auto part = file.name.substr(kFolder.size(), file.name.size() - kFolder.size() - kEnd.size());
    data.set(std::string(part), mustache::partial([text = file.text] { return std::string(text); }));
  }
  data.set("part-content", mustache::partial([text = text_of(name)] { return text; }));
  mustache::mustache layout(text_of("layout"));
  layout.set_custom_escape([](const std::string& text) { return escape_html(text); });
  std::string html;
  layout.render(data, [&html](const std::string& piece) { html += piece; });
  if (!layout.is_valid()) throw std::logic_error("template layout: " + layout.error_message());
  return html;
}

std::string escape_html(std::string_view text) {
  std::string clean;
  fleet::append_clean_utf8(clean, text, std::numeric_limits<std::size_t>::max());
  std::string out;
  out.reserve(clean.size());
  for (const char c : clean) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace rdpwatch::pages
