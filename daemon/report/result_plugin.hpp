#pragma once
// A probe's result as one line of the Monitoring Plugins convention, with performance data.

#include <string>

#include "daemon/report/verdict.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

/// Without a newline. A vertical bar in text becomes a slash, since it would begin performance data.
std::string to_plugin_line(const handshake::ProbeResult& result, const Thresholds& thresholds);

}  // namespace rdpwatch::report
