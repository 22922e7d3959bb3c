#pragma once
// Text format 0.0.4 as prometheus-cpp's own families, so that its serializer can write the same series.

#include <prometheus/metric_family.h>

#include <string_view>
#include <vector>

namespace rdpwatch::bench {

/// Appends the families of whole lines; a sample belongs to the TYPE line before it, which may have come in
/// an earlier call. Ends the program when the text is not such a text.
void append_families(std::string_view text, std::vector<prometheus::MetricFamily>& families);

}  // namespace rdpwatch::bench
