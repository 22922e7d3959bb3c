#include "daemon/fleet/path_failures.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "daemon/fleet/common_outage.hpp"
#include "daemon/fleet/subnet.hpp"

namespace rdpwatch::fleet {
namespace {

constexpr std::array kScopes{PathScope::site, PathScope::subnet, PathScope::group};
constexpr std::size_t kAllOf = 3;
constexpr std::size_t kMostOf = 10;
constexpr std::size_t kGroupsForMost = 3;
constexpr std::size_t kMembersOfGroup = 2;
constexpr std::size_t kAllOfFleet = 5;
constexpr const char* kSiteLabel = "site";

/// What shares one scope.
struct Shared {
  std::vector<const TargetState*> failing;
  std::size_t up = 0;
};
using SharedByName = std::unordered_map<std::string, Shared>;

/// What the endpoint shares with others in this scope; empty: nothing that is known.
std::string shared_name(PathScope scope, const TargetState& state) {
  switch (scope) {
    case PathScope::site: {
      const auto site = state.target->labels.find(kSiteLabel);
      return site == state.target->labels.end() ? std::string() : site->second;
    }
    case PathScope::subnet:
      return subnet_of(state.key.address.empty() ? state.last_address : state.key.address);
    case PathScope::group:
      return state.target->group;
  }
  return {};
}

/// Everything in this scope that at least kAllOf of the failing ones share. The ones that are up are looked
/// at last: in a healthy fleet nothing is left to look them up in.
SharedByName shared_by(PathScope scope, const std::vector<const TargetState*>& failing,
                       const std::vector<const TargetState*>& up) {
  SharedByName shared;
  for (const auto* const state : failing) {
    const std::string name = shared_name(scope, *state);
    if (!name.empty()) shared[name].failing.push_back(state);
  }
  std::erase_if(shared, [](const auto& entry) { return entry.second.failing.size() < kAllOf; });
  if (shared.empty()) return shared;
  for (const auto* const state : up) {
    const auto found = shared.find(shared_name(scope, *state));
    if (found != shared.end()) ++found->second.up;
  }
  return shared;
}

std::vector<OutageSpan> spans_of(const std::vector<const TargetState*>& failing) {
  std::vector<OutageSpan> spans;
  spans.reserve(failing.size());
  for (const auto* const state : failing) spans.push_back(outage_span(*state));
  return spans;
}

bool is_part_of(const TargetState& failing, const CommonOutage& outage) {
  const OutageSpan span = outage_span(failing);
  return span.from <= outage.moment && outage.moment <= span.to;
}

std::optional<PathFailure> judge_scope(PathScope scope, const std::string& name, const Shared& shared) {
  const auto outage = common_outage(spans_of(shared.failing), [&shared](const CommonOutage& candidate) {
    const std::size_t all = candidate.together + candidate.later + shared.up;
    return (all >= kAllOf && candidate.together == all) ||
           (all >= kMostOf && candidate.together * 10 >= all * 9);
  });
  if (!outage) return std::nullopt;
  PathFailure failure{scope, name, WallTime::max(), outage->together, shared.up + outage->later, {}, {}};
  for (const auto* const state : shared.failing) {
    if (!is_part_of(*state, *outage)) continue;
    failure.since = std::min(failure.since, state->failing_since);
    if (failure.listed.size() < kListedMembers) failure.listed.push_back(state->key);
    failure.hashes.push_back(hash_of(state->key));
  }
  std::sort(failure.hashes.begin(), failure.hashes.end());
  return failure;
}

/// Endpoints that have been up before, by their last run.
std::pair<std::vector<const TargetState*>, std::vector<const TargetState*>> failing_and_up(
    const std::vector<StatePtr>& fleet) {
  std::vector<const TargetState*> failing;
  std::vector<const TargetState*> up;
  for (const auto& state : fleet) {
    if (was_up_before(*state)) (is_failing(*state) ? failing : up).push_back(state.get());
  }
  return {std::move(failing), std::move(up)};
}

}  // namespace

std::string_view name(PathScope scope) {
  switch (scope) {
    case PathScope::site:
      return "site";
    case PathScope::subnet:
      return "subnet";
    case PathScope::group:
      return "group";
  }
  return "";
}

std::uint64_t hash_of(const EndpointKey& key) {
  const std::hash<std::string> hash;
  return hash(key.target) * 31 + hash(key.address);
}

std::vector<PathFailure> path_failures(const std::vector<StatePtr>& fleet) {
  const auto [failing, up] = failing_and_up(fleet);
  if (failing.size() < kAllOf) return {};
  std::vector<PathFailure> candidates;
  for (const auto scope : kScopes) {
    for (const auto& [name, shared] : shared_by(scope, failing, up)) {
      if (auto failure = judge_scope(scope, name, shared)) candidates.push_back(std::move(*failure));
    }
  }
  std::sort(candidates.begin(), candidates.end(), [](const PathFailure& a, const PathFailure& b) {
    if (a.members != b.members) return a.members > b.members;
    return std::pair(a.scope, a.name) < std::pair(b.scope, b.name);
  });
  std::unordered_set<std::uint64_t> explained;
  std::erase_if(candidates, [&explained](const PathFailure& candidate) {
    std::size_t news = 0;
    for (const auto hash : candidate.hashes) news += explained.insert(hash).second ? 1 : 0;
    return news == 0;
  });
  return candidates;
}

bool is_prober_blind(const std::vector<StatePtr>& fleet, const std::vector<PathFailure>& paths) {
  const auto [failing, up] = failing_and_up(fleet);
  const auto outage = common_outage(spans_of(failing), [](const CommonOutage&) { return true; });
  if (!outage) return false;
  for (const auto& path : paths) {
    const bool elsewhere_is_up = up.size() + outage->later > path.still_up;
    if (path.scope != PathScope::group && path.members >= outage->together && elsewhere_is_up) return false;
  }
  struct Group {
    std::size_t together = 0;
    std::size_t members = 0;
  };
  std::unordered_map<std::string_view, Group> groups;
  for (const auto* const state : up) ++groups[state->target->group].members;
  for (const auto* const state : failing) {
    if (outage_span(*state).to < outage->moment) continue;
    auto& group = groups[state->target->group];
    ++group.members;
    group.together += is_part_of(*state, *outage) ? 1 : 0;
  }
  std::erase_if(groups, [](const auto& group) { return group.second.members < kMembersOfGroup; });
  if (groups.size() < kGroupsForMost) {
    return outage->together >= kAllOfFleet && outage->later == 0 && up.empty();
  }
  const auto lost =
      static_cast<std::size_t>(std::count_if(groups.begin(), groups.end(), [](const auto& group) {
        return group.second.together * 4 >= group.second.members * 3;
      }));
  return lost * 2 > groups.size();
}

}  // namespace rdpwatch::fleet
