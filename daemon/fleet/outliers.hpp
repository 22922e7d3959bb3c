#pragma once
// Outliers: members of a group that differ from the rest of it. The question is "what is different about the
// tenth server", so everything is held against the group and nothing against a limit of ours.
// Thread-safe: pure functions.

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::fleet {

enum class OutlierDimension : std::uint8_t { failure, latency, certificate, security, build };
inline constexpr std::array kOutlierDimensions{OutlierDimension::failure, OutlierDimension::latency,
                                               OutlierDimension::certificate, OutlierDimension::security,
                                               OutlierDimension::build};
std::string_view name(OutlierDimension dimension);

struct Outlier {
  OutlierDimension dimension;
  std::string why;  ///< one sentence for people: "tls takes 812 ms, the group's median is 14 ms"
};

/// Only endpoints that are outliers, each with its dimensions in their order.
using Outliers = std::map<EndpointKey, std::vector<Outlier>>;

/// Members of a group, in any order.
using Members = std::vector<const TargetState*>;

/// Members with data that a group needs before anything is said of one of them.
inline constexpr std::size_t kMembersToCompare = 5;
inline constexpr std::size_t kMembersToCompareFailures = 4;

/// `failure`: the member is down, and at least three quarters of the others with a verdict are up and were
/// seen up after it began to fail. (Until the others were probed again, one host's failure and the beginning
/// of everybody's look the same.) Those for which `excused` holds are left out: something wider explains
/// them.
void add_failure_outliers(const Members& members, const std::function<bool(const EndpointKey&)>& excused,
                          Outliers& outliers);

/// `latency`: in each of its last three successful runs a phase took longer than latency_limit() of what the
/// members that are up took last.
void add_latency_outliers(const Members& members, Outliers& outliers);

/// `certificate`: self-signed or not, the CA (by its CN) and the rough length of its life, taken together;
/// `security`: selected protocol, TLS version; `build`: the build of Windows. Each is an outlier's where at
/// least 80 % of the members that show it agree on another value.
void add_certificate_outliers(const Members& members, Outliers& outliers);
void add_security_outliers(const Members& members, Outliers& outliers);
void add_build_outliers(const Members& members, Outliers& outliers);

struct Spread {
  std::chrono::microseconds median;
  std::chrono::microseconds limit;  ///< what takes longer than this is no jitter
};

/// median + max(6 * 1.4826 * MAD, 2 * median, 50 ms), where MAD is the median distance from the
/// median: 1.4826 makes it a standard deviation where the values are normal, and a few slow members don't
/// move it. The floors are for groups of few or of very equal members, whose MAD says little. Nothing for
/// fewer than kMembersToCompare values.
std::optional<Spread> spread_of(std::vector<std::chrono::microseconds> values);

}  // namespace rdpwatch::fleet
