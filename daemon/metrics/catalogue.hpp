#pragma once
// The metric catalogue: the rows of metrics.def as data. Thread-safe: everything here is a constant.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rdpwatch::metrics {

enum class MetricType : std::uint8_t { gauge, counter, histogram };
std::string_view name(MetricType type);

/// What a family's series are about.
enum class Subject : std::uint8_t { target, group, self };
std::string_view name(Subject subject);

struct MetricRow {
  std::string_view name;
  MetricType type;
  Subject subject;
  std::string_view
      labels;  ///< separated by one space; on target rows besides target, group, address, inventory's
  int drop;    ///< place in the order in which families go at max_series, from 1; 0: never
  std::string_view help;  ///< one line without backslashes
};

enum class TargetMetric : std::uint8_t {
#define RDPWATCH_TARGET_METRIC(name, type, labels, drop, help) name,
#include "daemon/metrics/metrics.def"
};

enum class GroupMetric : std::uint8_t {
#define RDPWATCH_GROUP_METRIC(name, type, labels, help) name,
#include "daemon/metrics/metrics.def"
};

enum class SelfMetric : std::uint8_t {
#define RDPWATCH_SELF_METRIC(name, type, labels, help) name,
#include "daemon/metrics/metrics.def"
};

/// All rows: targets', groups', then the daemon's, each in the order of its enum.
inline constexpr std::array kCatalogue{
#define RDPWATCH_TARGET_METRIC(name, type, labels, drop, help) \
  MetricRow{#name, MetricType::type, Subject::target, labels, drop, help},
#include "daemon/metrics/metrics.def"
#define RDPWATCH_GROUP_METRIC(name, type, labels, help) \
  MetricRow{#name, MetricType::type, Subject::group, labels, 0, help},
#include "daemon/metrics/metrics.def"
#define RDPWATCH_SELF_METRIC(name, type, labels, help) \
  MetricRow{#name, MetricType::type, Subject::self, labels, 0, help},
#include "daemon/metrics/metrics.def"
};

constexpr std::size_t count_rows(Subject subject) {
  std::size_t count = 0;
  for (const auto& row : kCatalogue) count += row.subject == subject ? 1 : 0;
  return count;
}
inline constexpr std::size_t kTargetMetrics = count_rows(Subject::target);
inline constexpr std::size_t kGroupMetrics = count_rows(Subject::group);

constexpr const MetricRow& row(TargetMetric metric) {
  return kCatalogue[static_cast<std::size_t>(metric)];
}
constexpr const MetricRow& row(GroupMetric metric) {
  return kCatalogue[kTargetMetrics + static_cast<std::size_t>(metric)];
}
constexpr const MetricRow& row(SelfMetric metric) {
  return kCatalogue[kTargetMetrics + kGroupMetrics + static_cast<std::size_t>(metric)];
}

std::span<const MetricRow> catalogue();

enum class CatalogueFormat : std::uint8_t { text, markdown, json };
/// "text", "markdown" or "json"; nothing for another name.
std::optional<CatalogueFormat> catalogue_format_by_name(std::string_view name);

/// The whole catalogue for people (text, markdown) or programs (json), ending with a newline.
std::string render_catalogue(CatalogueFormat format);

}  // namespace rdpwatch::metrics
