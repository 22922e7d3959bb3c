#include "daemon/metrics/group_exposition.hpp"

#include <utility>

#include "daemon/fleet/series_labels.hpp"

namespace rdpwatch::metrics {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

/// "0.0025", "1": a bucket's bound as the label `le` has it.
std::string bound_label(std::chrono::microseconds bound) {
  std::string text = std::to_string(bound.count() / 1000000);
  std::string fraction = std::to_string(1000000 + bound.count() % 1000000).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  if (!fraction.empty()) text.append(".").append(fraction);
  return text;
}

}  // namespace

GroupExposition::GroupExposition(fleet::Groups groups)
    : groups_(std::move(groups)), group_(groups_.begin()) {}

std::string_view GroupExposition::next() {
  writer_.clear();
  while (family_ < kGroupMetrics && !groups_.empty()) {
    const auto metric = static_cast<GroupMetric>(family_);
    if (group_ == groups_.begin()) writer_.family(row(metric));
    while (group_ != groups_.end()) {
      emit(metric, group_->first, group_->second);
      ++group_;
      if (writer_.size() >= kPieceBytes) return writer_.text();
    }
    ++family_;
    group_ = groups_.begin();
  }
  return writer_.text();
}

void GroupExposition::emit(GroupMetric metric, const std::string& group,
                           const fleet::GroupCounters& counters) {
  std::string labels;
  fleet::append_label(labels, "group", group);
  switch (metric) {
    case GroupMetric::rdp_group_targets:
      return targets(labels, counters);
    case GroupMetric::rdp_group_probe_failures_total:
      return failures(labels, counters);
    case GroupMetric::rdp_group_phase_duration_seconds:
      return phase_durations(labels, counters);
  }
}

void GroupExposition::targets(std::string_view labels, const fleet::GroupCounters& counters) {
  for (const auto status : fleet::kTargetStatuses) {
    writer_.open(row(GroupMetric::rdp_group_targets).name, labels);
    writer_.plain_label("state", fleet::name(status));
    writer_.integer(counters.targets[static_cast<std::size_t>(status)]);
  }
}

void GroupExposition::failures(std::string_view labels, const fleet::GroupCounters& counters) {
  for (std::size_t phase = 0; phase < fleet::kGroupPhases.size(); ++phase) {
    for (const auto& reason : handshake::kReasons) {
      if (!fleet::group_failure_exists(fleet::kGroupPhases[phase], reason.reason)) continue;
      writer_.open(row(GroupMetric::rdp_group_probe_failures_total).name, labels);
      writer_.plain_label("phase", handshake::name(fleet::kGroupPhases[phase]));
      writer_.plain_label("reason", reason.name);
      writer_.integer(counters.failures[phase][static_cast<std::size_t>(reason.reason)]);
    }
  }
}

void GroupExposition::phase_durations(std::string_view labels, const fleet::GroupCounters& counters) {
  const std::string family(row(GroupMetric::rdp_group_phase_duration_seconds).name);
  const std::string bucket = family + "_bucket";
  const std::string sum = family + "_sum";
  const std::string count = family + "_count";
  for (std::size_t i = 0; i < fleet::kGroupPhases.size(); ++i) {
    const auto phase = handshake::name(fleet::kGroupPhases[i]);
    const auto& histogram = counters.phases[i];
    std::uint64_t cumulative = 0;
    for (std::size_t b = 0; b < histogram.counts.size(); ++b) {
      cumulative += histogram.counts[b];
      writer_.open(bucket, labels);
      writer_.plain_label("phase", phase);
      writer_.plain_label("le",
                          b < fleet::kPhaseBuckets.size() ? bound_label(fleet::kPhaseBuckets[b]) : "+Inf");
      writer_.integer(cumulative);
    }
    writer_.open(sum, labels);
    writer_.plain_label("phase", phase);
    writer_.duration(histogram.sum);
    writer_.open(count, labels);
    writer_.plain_label("phase", phase);
    writer_.integer(cumulative);
  }
}

}  // namespace rdpwatch::metrics
