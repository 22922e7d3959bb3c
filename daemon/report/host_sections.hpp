#pragma once
// The parts of the text output about the host itself: its answer to NLA, who it says it is, and the session's
// security and licences. Each is empty when nothing of it was observed; none has its heading.

#include <string>

#include "daemon/report/text_style.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

/// Empty also for a host that did not choose NLA: "Not applicable" says that.
std::string nla_lines(const TextStyle& style, const handshake::ProbeResult& result);

/// Names, Windows release or build, clock, and whether the names are the inventory's.
std::string host_lines(const TextStyle& style, const handshake::ProbeResult& result);

/// What MCS and the licensing exchange said.
std::string session_lines(const TextStyle& style, const handshake::ProbeResult& result);

}  // namespace rdpwatch::report
