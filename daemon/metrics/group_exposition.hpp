#pragma once
// GroupExposition: the series of the inventory's groups as a stream of bounded pieces. One instance a scrape;
// not thread-safe.

#include <string_view>

#include "daemon/fleet/group_statistics.hpp"
#include "daemon/metrics/sample_writer.hpp"

namespace rdpwatch::metrics {

class GroupExposition {
 public:
  explicit GroupExposition(fleet::Groups groups);
  GroupExposition(const GroupExposition&) = delete;
  GroupExposition& operator=(const GroupExposition&) = delete;

  /// The next piece, about 64 KiB, valid until the next call; empty at the end.
  std::string_view next();

 private:
  void emit(GroupMetric metric, const std::string& group, const fleet::GroupCounters& counters);
  void targets(std::string_view labels, const fleet::GroupCounters& counters);
  void failures(std::string_view labels, const fleet::GroupCounters& counters);
  void phase_durations(std::string_view labels, const fleet::GroupCounters& counters);

  fleet::Groups groups_;
  SampleWriter writer_;
  std::size_t family_ = 0;  ///< the one being written
  fleet::Groups::const_iterator group_;
};

}  // namespace rdpwatch::metrics
