#include "daemon/pages/charts.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "daemon/pages/page.hpp"
#include "daemon/pages/target_row.hpp"
#include "daemon/report/time_text.hpp"
#include "daemon/report/verdict.hpp"
#include "probes/handshake/certificate_renewal.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using handshake::Duration;

constexpr std::int64_t kAxis = 1000;
/// What took no time to speak of is still to be seen.
constexpr std::int64_t kThinnest = 4;
constexpr std::int64_t kSparkWidth = 300;
constexpr std::int64_t kSparkHeight = 60;
/// Room above and below the line, so that it is not cut off.
constexpr std::int64_t kSparkMargin = 4;

std::string duration_text(std::chrono::milliseconds duration) {
  constexpr std::chrono::milliseconds kMost{65535};
  return duration >= kMost ? "more than 65 s" : handshake::to_text(duration);
}

std::int64_t place_on(std::int64_t part, std::int64_t whole, std::int64_t length) {
  if (whole <= 0) return 0;
  const double place = static_cast<double>(part) / static_cast<double>(whole) * static_cast<double>(length);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(place), 0, length);
}

const handshake::PhaseTiming* timing_of(const handshake::ProbeResult* result, handshake::Phase phase) {
  if (result == nullptr) return nullptr;
  const auto found = std::find_if(result->phases.begin(), result->phases.end(),
                                  [phase](const auto& timing) { return timing.phase == phase; });
  return found == result->phases.end() ? nullptr : &*found;
}

void put_bar(json::object& row, const handshake::ProbeResult& result, const handshake::PhaseTiming& timing) {
  Duration total{};
  Duration before{};
  for (const auto& other : result.phases) {
    if (other.phase == timing.phase) before = total;
    total += other.duration;
  }
  const auto width = std::max(kThinnest, place_on(timing.duration.count(), total.count(), kAxis));
  const auto from = std::min(place_on(before.count(), total.count(), kAxis), kAxis - width);
  row["bar_x"] = from;
  row["bar_width"] = width;
  row["phase_time"] = handshake::to_text(timing.duration);
  const bool failed = result.failure && result.failure->phase == timing.phase;
  row["phase_failed"] = failed;
  row["bar_label"] = std::string(handshake::name(timing.phase)) + " begins after " +
                     handshake::to_text(before) + " and takes " + handshake::to_text(timing.duration) +
                     (failed ? ", where it fails" : "");
}

void put_trend(json::object& row, const fleet::TargetState& state, std::size_t place,
               const std::optional<fleet::Spread>& group) {
  const auto newest = state.durations.newest(place);
  if (newest) row["phase_newest"] = handshake::to_text(*newest);
  if (const auto shortest = state.durations.shortest(place))
    row["phase_shortest"] = handshake::to_text(*shortest);
  if (!group) return;
  row["phase_typical"] = handshake::to_text(group->median);
  row["phase_slow"] = newest && *newest > group->limit;
}

}  // namespace

json::array heartbeat(const fleet::RunHistory& runs, fleet::WallTime now) {
  json::array out;
  for (std::size_t i = runs.size(); i-- > 0;) {
    const auto run = runs[i];
    json::object beat;
    beat["beat_class"] = run.failure ? "bad" : "good";
    beat["beat_time"] = moment(run.finished, now);
    beat["beat_verdict"] = run.failure ? std::string(handshake::name(run.failure->reason)) + " in " +
                                             std::string(handshake::name(run.failure->phase))
                                       : "fine";
    beat["beat_duration"] = duration_text(run.duration);
    out.emplace_back(std::move(beat));
  }
  return out;
}

json::object sparkline(const fleet::RunHistory& runs) {
  json::object out;
  if (runs.size() < 2) return out;
  auto shortest = runs[0].duration;
  auto longest = shortest;
  for (std::size_t i = 1; i < runs.size(); ++i) {
    shortest = std::min(shortest, runs[i].duration);
    longest = std::max(longest, runs[i].duration);
  }
  std::string points;
  json::array failures;
  const auto last = static_cast<std::int64_t>(runs.size()) - 1;
  for (std::int64_t i = 0; i <= last; ++i) {
    const auto run = runs[static_cast<std::size_t>(last - i)];
    const std::int64_t x = i * kSparkWidth / last;
    const std::int64_t room = kSparkHeight - 2 * kSparkMargin;
    const std::int64_t y =
        kSparkHeight - kSparkMargin - place_on(run.duration.count(), longest.count(), room);
    points.append(points.empty() ? "" : " ").append(std::to_string(x)).append(",").append(std::to_string(y));
    if (run.failure) failures.emplace_back(json::object{{"spark_x", x}});
  }
  out["spark_line"] = std::move(points);
  out["spark_failures"] = std::move(failures);
  out["spark_label"] = "The last " + std::to_string(runs.size()) + " runs took from " +
                       duration_text(shortest) + " to " + duration_text(longest) + ", the newest " +
                       duration_text(runs[0].duration);
  return out;
}

PhaseSpreads phase_spreads(const std::vector<fleet::StatePtr>& members) {
  PhaseSpreads out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::vector<std::chrono::microseconds> values;
    for (const auto& member : members) {
      if (member->status != fleet::TargetStatus::up) continue;
      if (const auto newest = member->durations.newest(i)) values.push_back(*newest);
    }
    out[i] = fleet::spread_of(std::move(values));
  }
  return out;
}

json::array waterfall(const fleet::TargetState& state, const PhaseSpreads& group) {
  json::array out;
  const auto* const result = state.last_result.get();
  for (std::size_t i = 0; i < fleet::kGroupPhases.size(); ++i) {
    const auto phase = fleet::kGroupPhases[i];
    const auto* const timing = timing_of(result, phase);
    if (timing == nullptr && !state.durations.newest(i)) continue;
    json::object row;
    row["phase_name"] = handshake::name(phase);
    row["phase_help"] = handshake::row(phase).help;
    row["phase_failed"] = false;
    if (timing != nullptr) put_bar(row, *result, *timing);
    put_trend(row, state, i, group[i]);
    out.emplace_back(std::move(row));
  }
  return out;
}

json::object life_bar(const handshake::CertificateFacts& facts, fleet::WallTime now) {
  using handshake::kRenewedBy;
  const auto life = facts.not_after - facts.not_before;
  const auto place = [&](auto since_beginning) {
    return place_on(std::chrono::floor<std::chrono::seconds>(since_beginning).count(),
                    std::chrono::floor<std::chrono::seconds>(life).count(), kAxis);
  };
  json::object out;
  out["life_used"] = place(now - facts.not_before);
  const auto soon = place(life - std::chrono::hours(24 * kSoonDays));
  out["life_soon"] = soon;
  out["life_soon_width"] = kAxis - soon;
  const bool own =
      facts.self_signed && life >= handshake::kShortestOwnLife && life <= handshake::kLongestOwnLife;
  if (own) {
    out["life_renewed_by"] = place(kRenewedBy);
    out["life_renewal"] = "Windows should make a new one by " + report::date(facts.not_before + kRenewedBy);
    out["life_overdue"] = handshake::is_renewal_overdue(facts, now);
  }
  out["life_label"] = "Valid from " + report::date(facts.not_before) + " to " +
                      report::date(facts.not_after) +
                      ", today: " + report::days_left_in_words(report::days_to_expiry(now, facts));
  return out;
}

}  // namespace rdpwatch::pages
