#pragma once
// A probe's result as JSON, schema rdpwatch.probe/1 (CONTRACT). What was not observed is absent; nothing is
// null.

#include <boost/json/object.hpp>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

boost::json::object to_json(const handshake::ProbeResult& result);

}  // namespace rdpwatch::report
