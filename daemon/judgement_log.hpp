#pragma once
// JudgementLog: what a new judgement of the fleet says that the one before did not, as lines of the log and
// as events. Not thread-safe: belongs to whoever judges.

#include <set>
#include <string>
#include <utility>

#include "daemon/event_log.hpp"
#include "daemon/fleet/fleet_judgement.hpp"

namespace rdpwatch {

class JudgementLog {
 public:
  using PathId = std::pair<fleet::PathScope, std::string>;

  /// `events` must outlive this.
  explicit JudgementLog(EventLog& events) : events_(events) {}

  void write(fleet::JudgementPtr judgement);

 private:
  void say_prober(const fleet::FleetJudgement& now);
  void say_paths(const fleet::FleetJudgement& now);
  void say_path_down(const fleet::PathFailure& path);

  EventLog& events_;
  fleet::JudgementPtr last_ = std::make_shared<const fleet::FleetJudgement>();
  std::set<PathId> said_;  ///< paths that are down, as the log and the journal have it
};

}  // namespace rdpwatch
