#include "daemon/judgement_log.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "daemon/cli/logging.hpp"

namespace rdpwatch {

using events::EventType;
using fleet::FleetJudgement;

namespace {

/// Lines of one kind from one judgement; when more is new, one more line says how much.
constexpr std::size_t kMostLines = 20;

std::string text_of(const fleet::EndpointKey& key) {
  return key.address.empty() ? key.target : key.target + " (" + key.address + ")";
}

/// Names of the first few members.
std::string some_of(const fleet::PathFailure& path) {
  constexpr std::size_t kNamed = 5;
  std::string names;
  for (std::size_t i = 0; i < std::min(path.listed.size(), kNamed); ++i)
    names.append(i == 0 ? "" : ", ").append(text_of(path.listed[i]));
  return path.members > kNamed ? names + ", ..." : names;
}

void log_clock(const FleetJudgement& last, const FleetJudgement& now) {
  if (now.prober_clock_wrong() && !last.prober_clock_wrong()) {
    log::error("the hosts' clocks say that this machine's is wrong",
               {{"median_skew_seconds", now.median_clock_skew()->count()}});
  }
}

std::string in_words(const JudgementLog::PathId& path) {
  return "the " + std::string(fleet::name(path.first)) + " " + path.second;
}

void log_outliers(const FleetJudgement& last, const FleetJudgement& now) {
  std::size_t fresh = 0;
  for (const auto& [key, outliers] : now.outliers()) {
    const auto before = last.outliers_of(key);
    for (const auto& outlier : outliers) {
      const bool known = std::any_of(before.begin(), before.end(), [&outlier](const auto& other) {
        return other.dimension == outlier.dimension;
      });
      if (known || ++fresh > kMostLines) continue;
      log::info(
          "target differs from its group",
          {{"target", text_of(key)}, {"dimension", fleet::name(outlier.dimension)}, {"why", outlier.why}});
    }
  }
  if (fresh > kMostLines) log::info("more targets differ from their groups", {{"more", fresh - kMostLines}});
}

}  // namespace

void JudgementLog::write(fleet::JudgementPtr judgement) {
  say_prober(*judgement);
  log_clock(*last_, *judgement);
  say_paths(*judgement);
  log_outliers(*last_, *judgement);
  last_ = std::move(judgement);
}

void JudgementLog::say_prober(const FleetJudgement& now) {
  if (now.prober_blind() && !last_->prober_blind()) {
    events_.say(log::Level::error,
                "most of the fleet went down at once: look at this machine and its network first",
                event_of(EventType::prober_blind,
                         "Most of the fleet went down at once: look at this prober and its network first"));
  } else if (!now.prober_blind() && last_->prober_blind()) {
    events_.say(log::Level::info, "this machine sees the fleet again",
                event_of(EventType::prober_sees, "This prober sees the fleet again"));
  }
}

void JudgementLog::say_paths(const FleetJudgement& now) {
  std::set<PathId> gone = std::exchange(said_, {});
  std::size_t lines = 0;
  for (const auto& path : now.paths()) {
    PathId id(path.scope, path.name);
    const bool known = gone.erase(id) > 0;
    if (!known && ++lines > kMostLines) continue;  // its turn is after the next judgement
    if (!known) say_path_down(path);
    said_.insert(std::move(id));
  }
  if (lines > kMostLines) log::warn("more paths failed", {{"paths", now.paths().size()}});
  for (const auto& id : gone) {
    events_.say(log::Level::info, "a path is no longer down as a whole",
                event_of(EventType::path_up, "What shares " + in_words(id) + " is no longer down as a whole"),
                {{"scope", fleet::name(id.first)}, {"name", id.second}});
  }
}

void JudgementLog::say_path_down(const fleet::PathFailure& path) {
  const std::string what = in_words({path.scope, path.name});
  const std::string members = std::to_string(path.members);
  events_.say(log::Level::warn, "all that share one path went down together",
              event_of(EventType::path_down, members + " targets of " + what + " went down together"),
              {{"scope", fleet::name(path.scope)},
               {"name", path.name},
               {"members", path.members},
               {"still_up", path.still_up},
               {"some", some_of(path)}});
}

}  // namespace rdpwatch
