#include "daemon/http/landing_page.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <limits>
#include <vector>

#include "daemon/fleet/series_labels.hpp"

namespace rdpwatch::http {
namespace {

using fleet::TargetStatus;

constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr const char* kStylesheet = R"(:root { color-scheme: light dark; --line: #8886; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --bad: #f2b8b5; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1 small { font-weight: normal; opacity: .7; }
dl { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1rem 0; }
dl div { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; }
dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
td.bad { color: var(--bad); }
@media (max-width: 40rem) {
  thead { display: none; }
  tr { display: block; padding: .4rem 0; border-bottom: 1px solid var(--line); }
  td { display: inline-block; padding: 0 .6rem 0 0; border: 0; }
  td:first-child { display: block; font-weight: bold; }
}
)";

struct Overview {
  std::array<std::uint64_t, fleet::kTargetStatuses.size()> counts{};
  std::vector<fleet::StatePtr> worst;  ///< down, the longest first
};

Overview overview_of(const fleet::ResultStore& store) {
  Overview overview;
  const auto longer_down = [](const fleet::StatePtr& a, const fleet::StatePtr& b) {
    return a->status_since < b->status_since;
  };
  auto& worst = overview.worst;
  for (const auto& state : store.snapshot()) {
    ++overview.counts[static_cast<std::size_t>(state->status)];
    if (state->status != TargetStatus::down) continue;
    worst.insert(std::upper_bound(worst.begin(), worst.end(), state, longer_down), state);
    if (worst.size() > kWorstHosts) worst.pop_back();
  }
  return overview;
}

std::string utc(fleet::WallTime when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

std::string for_how_long(fleet::WallTime since, fleet::WallTime now) {
  const auto minutes =
      std::max<std::int64_t>(0, std::chrono::floor<std::chrono::minutes>(now - since).count());
  if (minutes < 60) return std::to_string(minutes) + " min";
  if (minutes < 48 * 60) return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
  return std::to_string(minutes / (24 * 60)) + " days";
}

std::string cell(std::string_view text) {
  return "<td>" + escape_html(text) + "</td>";
}

std::string worst_row(const fleet::TargetState& state, fleet::WallTime now) {
  std::string name = state.key.target;
  if (!state.key.address.empty()) name.append(" (").append(state.key.address).append(")");
  std::string row = "<tr>" + cell(name) + cell(state.target->group);
  row += cell(utc(state.status_since) + ", " + for_how_long(state.status_since, now));
  if (state.last_result && state.last_result->failure) {
    const auto& failure = *state.last_result->failure;
    row += cell(handshake::name(failure.phase));
    row += "<td class=\"bad\" title=\"" + escape_html(handshake::row(failure.reason).help) + "\">" +
           escape_html(handshake::name(failure.reason)) + "</td>";
  } else {
    row += "<td></td><td></td>";
  }
  return row + "</tr>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string clean;
  fleet::append_clean_utf8(clean, text, std::numeric_limits<std::size_t>::max());
  std::string out;
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

Response landing_page(const fleet::ResultStore& store, const std::string& version, fleet::WallTime now) {
  const Overview overview = overview_of(store);
  std::string html = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>rdpwatch</title>
<link rel="stylesheet" href=")";
  html.append(kStylesheetPath + 1).append("\">\n</head>\n<body>\n");  // relative: a proxy may add a prefix
  html += "<h1>rdpwatch <small>" + escape_html(version) + "</small></h1>\n";
  html += R"(<p><a href="metrics">metrics</a>, <a href="metrics/targets">metrics of the targets</a>, )"
          R"(<a href="-/healthy">healthy</a>, <a href="-/ready">ready</a></p>
<h2>Targets</h2>
<dl>
)";
  for (const auto status : fleet::kTargetStatuses) {
    html.append("<div><dt>").append(fleet::name(status)).append("</dt><dd>");
    html.append(std::to_string(overview.counts[static_cast<std::size_t>(status)])).append("</dd></div>\n");
  }
  html += "</dl>\n<h2>Down the longest</h2>\n";
  if (overview.worst.empty()) {
    html += "<p>No target is down.</p>\n";
  } else {
    html +=
        "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">target</th><th scope=\"col\">group</th>"
        "<th scope=\"col\">down since</th><th scope=\"col\">phase</th><th "
        "scope=\"col\">reason</th></tr></thead>\n"
        "<tbody>\n";
    for (const auto& state : overview.worst) html += worst_row(*state, now);
    html += "</tbody>\n</table></div>\n";
  }
  html += "</body>\n</html>\n";
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  response.body = std::move(html);
  return response;
}

Response landing_stylesheet() {
  Response response;
  response.content_type = "text/css; charset=utf-8";
  response.body = kStylesheet;
  return response;
}

}  // namespace rdpwatch::http
