#pragma once
// One endpoint as a row of the list of targets: JSON and CSV. Absent means not observed. Thread-safe: pure
// functions.

#include <boost/json/object.hpp>
#include <string>

#include "daemon/fleet/fleet_judgement.hpp"
#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::api {

/// What a row is judged by besides the state itself.
struct RowContext {
  fleet::WallTime now;
  fleet::JudgementPtr judgement;  ///< never null
};

boost::json::object target_json(const fleet::TargetState& state, const RowContext& context);

/// With its line end.
std::string csv_header();
std::string csv_row(const fleet::TargetState& state, const RowContext& context);

/// {"others", "fine", "failing"}: others of the group that have a verdict.
boost::json::object siblings_json(const fleet::Standing& standing);

/// {"scope", "name", "since", "members", "still_up"}.
boost::json::object path_json(const fleet::PathFailure& path);

}  // namespace rdpwatch::api
