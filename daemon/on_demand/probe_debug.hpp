#pragma once
// What /probe?debug=true shows: the probe's log and story, its result, its metrics and its module, for
// people.

#include <chrono>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::on_demand {

/// "0.000412 s  connected after 0.4 ms"
std::string log_line(std::chrono::nanoseconds at, const std::string& text);

/// `log`: lines of log_line(). `metrics` is empty where a scrape would get none. Strings that came from the
/// host are cleaned.
std::string debug_text(const handshake::ProbeResult& result, const std::vector<std::string>& log,
                       const std::string& metrics, const config::ModuleSettings& module,
                       std::chrono::nanoseconds timeout);

}  // namespace rdpwatch::on_demand
