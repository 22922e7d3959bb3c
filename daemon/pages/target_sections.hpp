#pragma once
// The sections of a target's page about the host and its security. Each is empty where nothing of it was
// observed. Thread-safe: pure functions.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::pages {

/// The certificate last seen: facts, life_* (charts.hpp), problem_rows (row_name, row_meaning, row_fix).
boost::json::object certificate_section(const fleet::TargetState& state, fleet::WallTime now);

/// What the host says of itself: facts, identity_problem.
boost::json::object identity_section(const fleet::TargetState& state);

/// Negotiation, TLS, NLA, licences and transport of the last probe: facts, attempt_rows (attempt_asked,
/// attempt_profile, attempt_end, attempt_detail), absent_rows (row_name, row_meaning).
boost::json::object security_section(const handshake::ProbeResult& result);

/// Findings that hold: row_name, row_meaning, row_fix.
boost::json::array finding_rows(const fleet::TargetState& state, fleet::WallTime now);

/// The newest audit: facts, answer_rows (answer_name, answer_accepts, answer_detail).
boost::json::object audit_section(const handshake::AuditResult& audit, fleet::WallTime now);

/// Counted since the target is known: facts.
boost::json::object counter_section(const fleet::TargetState& state);

}  // namespace rdpwatch::pages
