#include "daemon/judgement_log.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "daemon/cli/logging.hpp"

namespace rdpwatch {
namespace {

using fleet::FleetJudgement;

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

void log_prober(const FleetJudgement& last, const FleetJudgement& now) {
  if (now.prober_blind() && !last.prober_blind()) {
    log::error("most of the fleet went down at once: look at this machine and its network first");
  } else if (!now.prober_blind() && last.prober_blind()) {
    log::info("this machine sees the fleet again");
  }
  if (now.prober_clock_wrong() && !last.prober_clock_wrong()) {
    log::error("the hosts' clocks say that this machine's is wrong",
               {{"median_skew_seconds", now.median_clock_skew()->count()}});
  }
}

void log_paths(const FleetJudgement& last, const FleetJudgement& now) {
  std::set<std::pair<fleet::PathScope, std::string>> known;
  for (const auto& path : last.paths()) known.emplace(path.scope, path.name);
  std::size_t lines = 0;
  for (const auto& path : now.paths()) {
    if (known.contains({path.scope, path.name})) continue;
    if (++lines > kMostLines) break;
    log::warn("all that share one path went down together", {{"scope", fleet::name(path.scope)},
                                                             {"name", path.name},
                                                             {"members", path.members},
                                                             {"still_up", path.still_up},
                                                             {"some", some_of(path)}});
  }
  if (lines > kMostLines) log::warn("more paths failed", {{"paths", now.paths().size()}});
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

void log_certificates(const std::vector<fleet::StatePtr>& fleet, fleet::WallTime since,
                      fleet::WallTime until) {
  std::size_t changed = 0;
  for (const auto& state : fleet) {
    const auto& change = state->unexpected_change;
    if (!change || change->when <= since || change->when > until || ++changed > kMostLines) continue;
    log::warn("the certificate changed unexpectedly",
              {{"target", text_of(state->key)}, {"group", state->target->group}, {"why", change->why}});
  }
  if (changed > kMostLines)
    log::warn("more certificates changed unexpectedly", {{"more", changed - kMostLines}});
}

}  // namespace

void JudgementLog::write(const std::vector<fleet::StatePtr>& fleet, fleet::JudgementPtr judgement) {
  log_prober(*last_, *judgement);
  log_paths(*last_, *judgement);
  log_outliers(*last_, *judgement);
  log_certificates(fleet, last_->judged_at(), judgement->judged_at());
  last_ = std::move(judgement);
}

}  // namespace rdpwatch
