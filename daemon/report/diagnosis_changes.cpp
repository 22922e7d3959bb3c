#include "daemon/report/diagnosis_changes.hpp"

namespace rdpwatch::report {

std::vector<std::pair<std::string, std::string>> changes(const DiagnosisReport& report) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto& now = report.result;
  const auto& before = report.fleet;
  if (before.certificate && now.certificate && before.certificate->sha256 != now.certificate->sha256) {
    out.emplace_back("certificate", before.certificate->subject + " valid until " +
                                        date(before.certificate->not_after) + " became " +
                                        now.certificate->subject + " valid until " +
                                        date(now.certificate->not_after));
  }
  const std::string address = diagnosis::address_of(now.address);
  if (!before.last_address.empty() && !address.empty() && before.last_address != address) {
    out.emplace_back("address", before.last_address + " became " + address);
  }
  if (before.host && now.host && before.host->os_build != now.host->os_build) {
    out.emplace_back("build", before.host->os_build + " became " + now.host->os_build);
  }
  for (const auto& sentence : before.differences) out.emplace_back("siblings", sentence);
  return out;
}

}  // namespace rdpwatch::report
