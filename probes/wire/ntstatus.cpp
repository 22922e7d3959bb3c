#include "probes/wire/ntstatus.hpp"

#include <cstdio>

namespace rdpwatch::wire {

NtStatus find_ntstatus(std::uint32_t number) {
  static constexpr NtStatus kRows[] = {
#define RDPWATCH_NTSTATUS(number, name, reason) {number, "STATUS_" #name, NtStatusReason::reason},
#include "probes/wire/ntstatus.def"
#undef RDPWATCH_NTSTATUS
  };
  for (const NtStatus& row : kRows) {
    if (row.number == number) return row;
  }
  return {number, {}, NtStatusReason::nla_protocol_error};
}

std::string describe_ntstatus(std::uint32_t number) {
  char hex[16];
  std::snprintf(hex, sizeof hex, "0x%08x", number);
  const NtStatus status = find_ntstatus(number);
  if (status.name.empty()) return hex;
  return std::string(status.name) + " (" + hex + ")";
}

}  // namespace rdpwatch::wire
