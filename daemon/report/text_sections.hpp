#pragma once
// Sections that the text of probes and of audits share.

#include <string>
#include <string_view>
#include <vector>

#include "daemon/report/text_style.hpp"
#include "daemon/report/verdict.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

/// Labels of all sections are filled up to this.
inline constexpr std::size_t kLabelWidth = 12;

Colour colour_of(State state);

/// An empty line and the section's title.
std::string heading(const TextStyle& style, std::string_view title);

/// Subject, validity, key and so on, and each problem in words. Days are counted from `at`.
std::string certificate_lines(const TextStyle& style, const handshake::CertificateFacts& facts, WallTime at,
                              const Thresholds& thresholds);

/// What one finding means and what to do; `label` stands in its place at the start, for example with a count.
std::string finding_line(const TextStyle& style, std::string_view id, std::string_view label);

std::string finding_lines(const TextStyle& style, const std::vector<std::string>& ids);

}  // namespace rdpwatch::report
