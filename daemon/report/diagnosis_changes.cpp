#include "daemon/report/diagnosis_changes.hpp"

#include <algorithm>

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
    // A name with several addresses leads now here, now there; nothing changed then.
    const bool both = std::ranges::find(now.addresses, before.last_address) != now.addresses.end();
    out.emplace_back("address", both ? "last good at " + before.last_address + ", now probed at " + address +
                                           "; the name has both"
                                     : before.last_address + " became " + address);
  }
  if (before.host && now.host && !before.host->os_build.empty() && !now.host->os_build.empty() &&
      before.host->os_build != now.host->os_build) {
    out.emplace_back("build", before.host->os_build + " became " + now.host->os_build);
  }
  for (const auto& sentence : before.differences) out.emplace_back("siblings", sentence);
  return out;
}

}  // namespace rdpwatch::report
