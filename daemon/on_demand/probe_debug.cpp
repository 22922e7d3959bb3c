#include "daemon/on_demand/probe_debug.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "daemon/report/json_text.hpp"
#include "daemon/report/result_json.hpp"
#include "daemon/report/result_text.hpp"
#include "daemon/report/text_clean.hpp"

namespace rdpwatch::on_demand {
namespace {

boost::json::object module_json(const config::ModuleSettings& module) {
  boost::json::array fail_on;
  for (const auto& problem : module.fail_on) fail_on.emplace_back(problem);
  return {{"name", module.name},
          {"depth", module.depth},
          {"require_tls", module.require_tls},
          {"require_nla", module.require_nla},
          {"fail_on", std::move(fail_on)},
          {"ca_file", module.ca_file},
          {"server_name", module.server_name},
          {"cookie", module.cookie},
          {"tls", boost::json::object{{"min_version", module.tls_min_version}}},
          {"source_address", module.source_address}};
}

}  // namespace

std::string log_line(std::chrono::nanoseconds at, const std::string& text) {
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%.6f s  ", std::chrono::duration<double>(at).count());
  return seconds.data() + text;
}

std::string debug_text(const handshake::ProbeResult& result, const std::vector<std::string>& log,
                       const std::string& metrics, const config::ModuleSettings& module,
                       std::chrono::nanoseconds timeout) {
  report::TextStyle style;
  style.width = 100;
  std::string out = "Its log, with a timeout of " +
                    std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count()) +
                    " ms:\n\n";
  for (const std::string& line : log) out += report::clean(line) + "\n";
  out += log.empty() ? "nothing happened yet\n\n" : "\n";
  out += report::to_text(result, {}, style);
  if (result.verdict == handshake::Verdict::abandoned)
    out += "\nIt was cut off: " + report::clean(result.abandoned_why) + "\n";
  out += "\nIts result:\n\n" + report::to_text(report::to_json(result), report::JsonLayout::indented) + "\n";
  out += "\nIts metrics:\n\n" + (metrics.empty() ? std::string("none: a scrape gets an error\n") : metrics);
  out += "\nIts module:\n\n" + report::to_text(module_json(module), report::JsonLayout::indented) + "\n";
  return out;
}

}  // namespace rdpwatch::on_demand
