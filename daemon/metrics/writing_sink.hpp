#pragma once
// Where TargetSamples writes to when its samples are to be text.

#include <chrono>
#include <cstdint>
#include <string_view>

#include "daemon/metrics/sample_writer.hpp"

namespace rdpwatch::metrics {

/// Writes samples, and the family's HELP and TYPE in front of its first one.
struct WritingSink {
  SampleWriter& writer;
  std::uint64_t& samples;
  bool& family_is_open;
  const MetricRow& family;

  void open(std::string_view name, std::string_view labels) {
    if (!family_is_open) writer.family(family);
    family_is_open = true;
    ++samples;
    writer.open(name, labels);
  }
  void plain_label(std::string_view name, std::string_view value) { writer.plain_label(name, value); }
  void label(std::string_view name, std::string_view value) { writer.label(name, value); }
  void integer(std::uint64_t value) { writer.integer(value); }
  void decimal(std::int64_t value, int digits) { writer.decimal(value, digits); }
  void duration(std::chrono::nanoseconds value) { writer.duration(value); }
  void timestamp(fleet::WallTime value) { writer.timestamp(value); }
};

}  // namespace rdpwatch::metrics
