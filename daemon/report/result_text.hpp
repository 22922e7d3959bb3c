#pragma once
// A probe's result for the person at the terminal: the verdict first, then what was seen, and on failure why,
// what the user at a Remote Desktop client gets to see, and what to run next.

#include <string>
#include <vector>

#include "daemon/report/text_style.hpp"
#include "daemon/report/verdict.hpp"
#include "probes/diagnosis/ranking.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

/// Strings that came from the host are cleaned. Of `causes`, the likeliest first, those that lead are named.
std::string to_text(const handshake::ProbeResult& result, const Thresholds& thresholds,
                    const TextStyle& style, const std::vector<diagnosis::RankedCause>& causes = {});

}  // namespace rdpwatch::report
