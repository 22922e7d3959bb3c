#pragma once
// What is other than when the host was last well.

#include <string>
#include <utility>
#include <vector>

#include "daemon/report/diagnosis_report.hpp"

namespace rdpwatch::report {

/// What changed (certificate, address, build, siblings), and a sentence to it. Empty where nothing is known
/// of before, and where nothing did.
std::vector<std::pair<std::string, std::string>> changes(const DiagnosisReport& report);

}  // namespace rdpwatch::report
