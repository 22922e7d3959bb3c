#include "daemon/pages/page.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <chrono>
#include <utility>

#include "config/text.hpp"
#include "daemon/pages/assets.hpp"
#include "daemon/pages/template.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;

struct Section {
  std::string_view name;
  std::string_view title;
  std::string_view path;
};

constexpr std::array kSections{Section{"overview", "Overview", ""},
                               Section{"targets", "Targets", "targets"},
                               Section{"groups", "Groups", "groups"},
                               Section{"certificates", "Certificates", "certificates"},
                               Section{"security", "Security", "security"},
                               Section{"causes", "Causes", "causes"},
                               Section{"events", "Events", "events"},
                               Section{"maintenance", "Maintenance", "maintenance"},
                               Section{"config", "Configuration", "config"}};

/// "" for "/targets", "../" for "/targets/ts01", "../../" for "/targets/ts01/probe".
std::string root_of(std::string_view path) {
  const auto slashes = std::count(path.begin(), path.end(), '/');
  std::string out;
  for (std::ptrdiff_t i = 1; i < slashes; ++i) out += "../";
  return out.empty() ? "./" : out;
}

json::array navigation(const std::string& current) {
  json::array out;
  for (const auto& section : kSections) {
    out.push_back({{"nav_path", section.path},
                   {"nav_title", section.title},
                   {"nav_current", section.name == std::string_view(current)}});
  }
  return out;
}

}  // namespace

http::Response html_answer(Page page, const Frame& frame, std::string_view path) {
  json::object model = std::move(page.model);
  model["page_title"] = page.title;
  model["root"] = root_of(path);
  model["navigation"] = navigation(page.section);
  json::array scripts;
  for (const auto script : page.scripts) scripts.emplace_back(script);
  model["scripts"] = std::move(scripts);
  model["refreshes"] = page.refreshes;
  model["version"] = frame.version;
  model["rendered"] = moment(frame.now, frame.now);
  model["assets"] = asset_version();
  http::Response response;
  response.status = page.status;
  response.content_type = "text/html; charset=utf-8";
  response.body = render_page(page.name, model);
  return response;
}

Page fault_page(unsigned status, std::string what, const std::vector<std::string>& allowed) {
  Page page;
  page.status = status;
  page.name = "fault";
  page.title = status == 404 ? "Not found" : "This can't be shown";
  page.model["fault_status"] = status;
  page.model["fault_what"] = std::move(what);
  json::array rows;
  for (const auto& text : allowed) rows.emplace_back(text);
  page.model["fault_lists"] = !rows.empty();
  page.model["fault_allowed"] = std::move(rows);
  return page;
}

std::optional<Page> unknown_parameter(const std::vector<http::QueryParameter>& parameters,
                                      const std::vector<std::string>& allowed) {
  for (const auto& parameter : parameters) {
    if (std::find(allowed.begin(), allowed.end(), parameter.name) != allowed.end()) continue;
    const std::string hint =
        allowed.empty() ? "; this page takes none" : config::did_you_mean(parameter.name, allowed);
    return fault_page(400, "there is no parameter " + config::quoted(parameter.name) + hint, allowed);
  }
  return std::nullopt;
}

std::string encode_query(const std::vector<http::QueryParameter>& parameters) {
  std::string out;
  for (const auto& parameter : parameters) {
    if (!out.empty()) out += '&';
    out += boost::urls::encode(parameter.name, boost::urls::unreserved_chars);
    out += '=';
    out += boost::urls::encode(parameter.value, boost::urls::unreserved_chars);
  }
  return out;
}

json::object moment(fleet::WallTime time, fleet::WallTime now) {
  return {{"iso", report::rfc3339_seconds(time)},
          {"text", report::date_and_time(time)},
          {"ago", for_how_long(time, now)}};
}

std::string for_how_long(fleet::WallTime since, fleet::WallTime now) {
  const auto minutes =
      std::max<std::int64_t>(0, std::chrono::floor<std::chrono::minutes>(now - since).count());
  if (minutes == 0) return "less than a minute";
  if (minutes < 60) return std::to_string(minutes) + " min";
  if (minutes < 48 * 60) return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
  return std::to_string(minutes / (24 * 60)) + " days";
}

}  // namespace rdpwatch::pages
