#pragma once
// A sweep as JSON: {"schema": "rdpwatch.sweep/1", "started", "duration_seconds", "planned", "interrupted",
// "summary", "results": [rdpwatch.probe/1, worst first]}.

#include <boost/json/object.hpp>

#include "daemon/report/sweep.hpp"

namespace rdpwatch::report {

boost::json::object to_json(const Sweep& sweep, const SweepSummary& summary);

}  // namespace rdpwatch::report
