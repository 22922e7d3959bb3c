#pragma once
// What /probe?debug=true shows: the probe's story, its result, its metrics and its module, for people.

#include <string>

#include "config/settings.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::on_demand {

/// `metrics` is empty where a scrape would get none. Strings that came from the host are cleaned.
std::string debug_text(const handshake::ProbeResult& result, const std::string& metrics,
                       const config::ModuleSettings& module, std::chrono::nanoseconds timeout);

}  // namespace rdpwatch::on_demand
