#pragma once
// NTSTATUS numbers as servers report them inside CredSSP, with their names and what they mean for a probe.

#include <cstdint>
#include <string>
#include <string_view>

namespace rdpwatch::wire {

/// The reason that a probe ends with, by the name it has in the list of failure reasons.
enum class NtStatusReason : std::uint8_t {
  credentials_rejected,
  account_restricted,
  access_denied,
  nla_protocol_error
};

struct NtStatus {
  std::uint32_t number = 0;
  std::string_view name;  ///< "STATUS_LOGON_FAILURE"; empty for a number that ntstatus.def does not list
  NtStatusReason reason = NtStatusReason::nla_protocol_error;
};

/// The row of a number. One that ntstatus.def does not list keeps its number and is an nla_protocol_error.
NtStatus find_ntstatus(std::uint32_t number);

/// For people: "STATUS_LOGON_FAILURE (0xc000006d)", or the number alone when it has no name.
std::string describe_ntstatus(std::uint32_t number);

}  // namespace rdpwatch::wire
