#pragma once
// The standard process_* metrics, read from /proc when asked. Thread-safe.

#include <prometheus/metric_family.h>

#include <vector>

namespace rdpwatch::metrics {

/// One family each of the catalogue's process_* rows; what /proc does not tell is left out.
std::vector<prometheus::MetricFamily> process_metrics();

}  // namespace rdpwatch::metrics
