#pragma once
// The fleet of a running daemon for the person at the terminal, from what its API says.

#include <boost/json/object.hpp>
#include <string>

#include "daemon/report/text_style.hpp"

namespace rdpwatch::report {

/// What was asked of the daemon. Throws where it is not as the API's description has it.
struct FleetAnswers {
  boost::json::object status;    ///< rdpwatch.status/1
  boost::json::object by_state;  ///< how many targets are in each state, of what was asked for
  boost::json::object targets;   ///< rdpwatch.targets/1: those to list, in their order
};

/// The first line says whether the fault is the prober's; then counts, what went down together, and each
/// target with why and what to run next.
std::string to_text(const FleetAnswers& answers, const TextStyle& style);

/// By the Monitoring Plugins convention: 2 when a target is down; else 1 when one is flapping or was not
/// probed yet, or when the daemon itself is not as it should be (clock, reload, held changes); else 0.
int exit_code(const FleetAnswers& answers);

}  // namespace rdpwatch::report
