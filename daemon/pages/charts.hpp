#pragma once
// What the page of a target draws, as numbers for SVG and as the words that say the same. Thread-safe: pure
// functions.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <vector>

#include "daemon/fleet/outliers.hpp"
#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::pages {

/// The last runs, the oldest first: beat_class ("good" or "bad"), beat_time (a moment), beat_verdict ("fine"
/// or "timeout in connect"), beat_duration.
boost::json::array heartbeat(const fleet::RunHistory& runs, fleet::WallTime now);

/// Their durations as a line, 300 wide and 60 high: spark_line (points), spark_failures (spark_x of each run
/// that failed), spark_label. Empty for fewer than two runs.
boost::json::object sparkline(const fleet::RunHistory& runs);

/// What is usual in a group, by place in kGroupPhases, of its members that are up; nothing for a phase that
/// too few have.
using PhaseSpreads = std::array<std::optional<fleet::Spread>, fleet::kGroupPhases.size()>;
PhaseSpreads phase_spreads(const std::vector<fleet::StatePtr>& members);

/// The phases of the last probe on one axis, 1000 wide, and of those before: phase_name, phase_help,
/// phase_failed; bar_x, bar_width, bar_label and phase_time of the last probe; phase_newest (of the last
/// success), phase_shortest (of the last three), phase_typical (of the group), phase_slow where the newest is
/// beyond what is usual in the group. Absent means not known.
boost::json::array waterfall(const fleet::TargetState& state, const PhaseSpreads& group);

/// A certificate's life, 1000 long: life_used (today's place), life_soon (where the last 21 days begin),
/// life_renewed_by (where Windows should have made a new one; only for one that it made itself), life_label.
boost::json::object life_bar(const handshake::CertificateFacts& facts, fleet::WallTime now);

}  // namespace rdpwatch::pages
