#pragma once
// The phases of a probe as bars on one time axis, one line a phase.

#include <string>

#include "daemon/report/text_style.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

/// Empty for a result without phases. The failed phase is marked.
std::string waterfall(const TextStyle& style, const handshake::ProbeResult& result);

}  // namespace rdpwatch::report
