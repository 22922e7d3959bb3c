#pragma once
// JudgementLog: what a new judgement of the fleet says that the one before did not, as lines of the log. Not
// thread-safe: belongs to whoever judges.

#include <vector>

#include "daemon/fleet/fleet_judgement.hpp"

namespace rdpwatch {

class JudgementLog {
 public:
  /// `fleet` is the snapshot that was judged.
  void write(const std::vector<fleet::StatePtr>& fleet, fleet::JudgementPtr judgement);

 private:
  fleet::JudgementPtr last_ = std::make_shared<const fleet::FleetJudgement>();
};

}  // namespace rdpwatch
