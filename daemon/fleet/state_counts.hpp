#pragma once
// Endpoints counted by status, and failures by phase and reason. Thread-safe: pure functions.

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::fleet {

/// By TargetStatus.
using StateCounts = std::array<std::uint64_t, kTargetStatuses.size()>;
/// Of last runs.
using FailureCounts = std::map<std::pair<handshake::Phase, handshake::FailureReason>, std::uint64_t>;

void count(StateCounts& counts, const TargetState& state);
/// Nothing for an endpoint whose last run did not fail.
void count(FailureCounts& counts, const TargetState& state);

std::uint64_t of(const StateCounts& counts, TargetStatus status);
std::uint64_t total(const StateCounts& counts);
/// Down or flapping.
std::uint64_t failing(const StateCounts& counts);

/// Equal ones by phase and reason.
std::vector<std::pair<FailureCounts::key_type, std::uint64_t>> most_frequent_first(
    const FailureCounts& counts);

}  // namespace rdpwatch::fleet
