#pragma once
// Label names that an inventory may not use, because a series would carry the name twice. The second list
// repeats every label name of daemon/metrics/metrics.def (config is a leaf and can't read it); a contract
// test compares them.

#include <algorithm>
#include <array>
#include <string_view>

namespace rdpwatch::config {

/// Set by Prometheus itself, or by the scrape job that reads us in parts.
inline constexpr std::array<std::string_view, 4> kPrometheusLabels{"instance", "job", "le", "part"};

/// The label names of the metric catalogue, sorted; also those of series that are promised and not built yet,
/// so that no inventory that works today breaks when they come.
inline constexpr std::array<std::string_view, 36> kCatalogueLabels{"address",
                                                                   "category",
                                                                   "cause",
                                                                   "cipher",
                                                                   "client_error",
                                                                   "compiler",
                                                                   "computer",
                                                                   "dimension",
                                                                   "domain",
                                                                   "family",
                                                                   "finding",
                                                                   "fingerprint_sha256",
                                                                   "group",
                                                                   "issuer_cn",
                                                                   "key",
                                                                   "likelihood",
                                                                   "mechanism",
                                                                   "module",
                                                                   "os_build",
                                                                   "os_name",
                                                                   "outcome",
                                                                   "phase",
                                                                   "problem",
                                                                   "protocol",
                                                                   "reason",
                                                                   "revision",
                                                                   "selected",
                                                                   "self_signed",
                                                                   "signature_algorithm",
                                                                   "source",
                                                                   "state",
                                                                   "subject_cn",
                                                                   "target",
                                                                   "tls_library",
                                                                   "tls_version",
                                                                   "version"};

constexpr bool is_reserved_label(std::string_view name) {
  return std::find(kPrometheusLabels.begin(), kPrometheusLabels.end(), name) != kPrometheusLabels.end() ||
         std::binary_search(kCatalogueLabels.begin(), kCatalogueLabels.end(), name);
}

}  // namespace rdpwatch::config
