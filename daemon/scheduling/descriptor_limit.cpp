#include "daemon/scheduling/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace rdpwatch::scheduling {

DescriptorLimit raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  DescriptorLimit result{limit.rlim_cur, limit.rlim_cur};
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) result.now = limit.rlim_cur;
  return result;
}

InFlightBudget fit_in_flight(std::uint64_t limit, int wanted) {
  const std::uint64_t reserve = std::min(kReservedDescriptors, limit / 2);
  const std::uint64_t room = std::max<std::uint64_t>(limit - reserve, 1);
  InFlightBudget budget;
  budget.max_in_flight =
      static_cast<int>(std::min<std::uint64_t>(room, static_cast<std::uint64_t>(std::max(wanted, 1))));
  if (budget.max_in_flight < wanted) {
    budget.warning = "max_in_flight is lowered from " + std::to_string(wanted) + " to " +
                     std::to_string(budget.max_in_flight) + ": the limit of open files (RLIMIT_NOFILE) is " +
                     std::to_string(limit) + " and " + std::to_string(reserve) +
                     " are kept for everything else; raise it (LimitNOFILE= in the systemd unit, ulimit -Hn)";
  }
  return budget;
}

}  // namespace rdpwatch::scheduling
