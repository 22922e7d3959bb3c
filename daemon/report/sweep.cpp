#include "daemon/report/sweep.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace rdpwatch::report {
namespace {

using handshake::ProbeResult;

constexpr std::size_t kSlowest = 5;

bool by_name(const ProbeResult* left, const ProbeResult* right) {
  return std::tie(left->target, left->address) < std::tie(right->target, right->address);
}

bool by_expiry(const ProbeResult* left, const ProbeResult* right) {
  const auto left_end = left->certificate->not_after;
  const auto right_end = right->certificate->not_after;
  return left_end != right_end ? left_end < right_end : by_name(left, right);
}

bool by_duration(const ProbeResult* left, const ProbeResult* right) {
  return left->duration != right->duration ? left->duration > right->duration : by_name(left, right);
}

std::vector<FailureGroup> group_failures(const std::vector<const ProbeResult*>& failed) {
  std::map<std::pair<handshake::Phase, handshake::FailureReason>, std::vector<const ProbeResult*>> groups;
  for (const ProbeResult* result : failed) {
    groups[{result->failure->phase, result->failure->reason}].push_back(result);
  }
  std::vector<FailureGroup> out;
  for (auto& [key, results] : groups) {
    std::ranges::sort(results, by_name);
    out.push_back({key.first, key.second, std::move(results)});
  }
  std::ranges::stable_sort(out, [](const FailureGroup& left, const FailureGroup& right) {
    return left.results.size() > right.results.size();
  });
  return out;
}

}  // namespace

std::size_t SweepSummary::count(State state) const {
  return by_state[static_cast<std::size_t>(std::ranges::find(kStates, state) - kStates.begin())];
}

SweepSummary summarize(const Sweep& sweep) {
  SweepSummary summary;
  std::set<std::string_view> seen;
  std::array<std::vector<const ProbeResult*>, kStates.size()> states;
  for (const ProbeResult& result : sweep.results) {
    const State state = judge(result, sweep.thresholds);
    states[static_cast<std::size_t>(std::ranges::find(kStates, state) - kStates.begin())].push_back(&result);
    if (!seen.insert(result.target).second) summary.repeated.insert(result.target);
  }
  for (std::size_t i = 0; i < kStates.size(); ++i) summary.by_state[i] = states[i].size();

  auto& [failed, critical, unknown, warning, ok] = states;
  std::vector<const ProbeResult*> succeeded(critical);
  succeeded.insert(succeeded.end(), warning.begin(), warning.end());
  std::ranges::sort(critical, by_expiry);
  std::ranges::sort(warning, by_expiry);
  std::ranges::sort(unknown, by_name);
  std::ranges::sort(ok, by_duration);

  const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  summary.failures = group_failures(failed);
  summary.unknown = unknown;
  append(summary.certificates, critical);
  append(summary.certificates, warning);
  append(succeeded, ok);
  std::ranges::sort(succeeded, by_duration);
  succeeded.resize(std::min(succeeded.size(), kSlowest));
  summary.slowest = std::move(succeeded);

  for (const FailureGroup& group : summary.failures) append(summary.worst_first, group.results);
  append(summary.worst_first, critical);
  append(summary.worst_first, unknown);
  append(summary.worst_first, warning);
  append(summary.worst_first, ok);
  return summary;
}

int exit_code(const Sweep& sweep, const SweepSummary& summary) {
  if (summary.count(State::failed) + summary.count(State::critical) > 0) return exit_code(State::critical);
  if (summary.count(State::unknown) > 0 || sweep.interrupted) return exit_code(State::unknown);
  return exit_code(summary.count(State::warning) > 0 ? State::warning : State::ok);
}

}  // namespace rdpwatch::report
