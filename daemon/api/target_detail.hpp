#pragma once
// Everything that is known of one endpoint, schema rdpwatch.target/1. Thread-safe: a pure function.

#include "daemon/api/target_json.hpp"

namespace rdpwatch::api {

/// The row of the list and more: the last result as rdpwatch.probe/1, the diagnosis with evidence, checks and
/// fixes, the siblings, the path, the certificate and its changes, the last runs and their
/// durations, the last audit.
boost::json::object target_detail(const fleet::TargetState& state, const RowContext& context);

}  // namespace rdpwatch::api
