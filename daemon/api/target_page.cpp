#include "daemon/api/target_page.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "daemon/fleet/findings.hpp"

namespace rdpwatch::api {
namespace {

using fleet::TargetState;
using fleet::TargetStatus;

template <class List, class Value>
bool allows(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool has_text(const TargetState& state, std::string_view wanted) {
  if (contains(state.key.target, wanted) || contains(state.key.address, wanted) ||
      contains(state.last_address, wanted))
    return true;
  if (!state.host) return false;
  return contains(state.host->dns_computer, wanted) || contains(state.host->netbios_computer, wanted);
}

bool has_failure(const TargetState& state, const TargetQuery& query) {
  if (query.phases.empty() && query.reasons.empty()) return true;
  if (!state.last_result || !state.last_result->failure) return false;
  const auto& failure = *state.last_result->failure;
  return allows(query.phases, failure.phase) && allows(query.reasons, failure.reason);
}

bool has_cause(const TargetState& state, const TargetQuery& query) {
  if (query.causes.empty()) return true;
  if (!state.diagnosis) return false;
  const auto& causes = state.diagnosis->causes;
  const auto shown = causes.begin() + static_cast<std::ptrdiff_t>(std::min(causes.size(), kShownCauses));
  return std::any_of(causes.begin(), shown,
                     [&query](const auto& cause) { return allows(query.causes, cause.id); });
}

bool has_finding(const TargetState& state, const TargetQuery& query, fleet::WallTime now) {
  if (query.findings.empty()) return true;
  bool found = false;
  fleet::for_each_finding(state, now,
                          [&](std::string_view id) { found = found || allows(query.findings, id); });
  return found;
}

bool has_posture(const TargetState& state, const TargetQuery& query) {
  if (query.postures.empty()) return true;
  const auto postures = handshake::postures(state.last_result.get(), state.audit.get());
  return std::any_of(postures.begin(), postures.end(),
                     [&query](auto posture) { return allows(query.postures, posture); });
}

bool has_build(const TargetState& state, const TargetQuery& query) {
  return query.builds.empty() || (state.host && allows(query.builds, state.host->os_build));
}

bool has_labels(const TargetState& state, const TargetQuery& query) {
  return std::all_of(query.labels.begin(), query.labels.end(), [&state](const auto& wanted) {
    const auto& labels = state.target->labels;
    const auto found = labels.find(wanted.first);
    return found != labels.end() && allows(wanted.second, found->second);
  });
}

std::int64_t severity(TargetStatus status) {
  switch (status) {
    case TargetStatus::down:
      return 0;
    case TargetStatus::flapping:
      return 1;
    case TargetStatus::unknown:
      return 2;
    case TargetStatus::maintenance:
      return 3;
    case TargetStatus::up:
      return 4;
  }
  return 0;
}

/// What an endpoint is sorted by, as numbers.
struct Entry {
  bool absent = false;
  std::int64_t first = 0;
  std::int64_t second = 0;
  std::size_t index = 0;  ///< in the snapshot, which is by target and address
};

std::int64_t ticks(fleet::WallTime time) {
  return time.time_since_epoch().count();
}

class Order {
 public:
  Order(const std::vector<fleet::StatePtr>& fleet, SortKey key) : key_(key) {
    if (key != SortKey::group) return;
    for (const auto& state : fleet) groups_.emplace(state->target->group, 0);
    std::int64_t place = 0;
    for (auto& group : groups_) group.second = place++;
  }

  Entry entry(const TargetState& state, std::size_t index) const {
    switch (key_) {
      case SortKey::worst:
        return {false, severity(state.status), ticks(state.status_since), index};
      case SortKey::target:
        return {false, static_cast<std::int64_t>(index), 0, index};
      case SortKey::group:
        return {false, groups_.find(state.target->group)->second, 0, index};
      case SortKey::state:
        return {false, severity(state.status), 0, index};
      case SortKey::since:
        return {false, ticks(state.status_since), 0, index};
      case SortKey::last_run:
        return {!state.last_run, state.last_run ? ticks(*state.last_run) : 0, 0, index};
      case SortKey::days_to_expiry:
        return {!state.certificate, state.certificate ? ticks(state.certificate->not_after) : 0, 0, index};
      case SortKey::duration:
        return {!state.last_result, state.last_result ? state.last_result->duration.count() : 0, 0, index};
    }
    return {};
  }

 private:
  SortKey key_;
  std::map<std::string_view, std::int64_t> groups_;  ///< each one's place in the alphabet
};

}  // namespace

bool matches(const TargetState& state, const TargetQuery& query, fleet::WallTime now) {
  return allows(query.states, state.status) && allows(query.groups, state.target->group) &&
         allows(query.modules, state.target->recipe->module) && has_failure(state, query) &&
         has_cause(state, query) && has_finding(state, query, now) && has_posture(state, query) &&
         has_build(state, query) && has_labels(state, query) &&
         (query.text.empty() || has_text(state, query.text));
}

PageBounds page_bounds(const TargetQuery& query, std::size_t total) {
  if (query.csv && !query.paged) return {0, total};
  const std::size_t begin = std::min(total, (query.page - 1) * query.per_page);
  return {begin, std::min(total, begin + query.per_page)};
}

TargetPage select_page(const std::vector<fleet::StatePtr>& fleet, const TargetQuery& query,
                       fleet::WallTime now) {
  const Order order(fleet, query.sort);
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    if (matches(*fleet[i], query, now)) entries.push_back(order.entry(*fleet[i], i));
  }
  const auto before = [descending = query.descending](const Entry& a, const Entry& b) {
    if (a.absent != b.absent) return b.absent;
    const std::pair left(a.first, a.second);
    const std::pair right(b.first, b.second);
    if (left != right) return descending ? right < left : left < right;
    return a.index < b.index;
  };
  TargetPage page;
  page.total = entries.size();
  const auto [begin, end] = page_bounds(query, page.total);
  // Only the page itself is put in order; what is before it and behind it is only told apart.
  const auto place = [&entries](std::size_t at) { return entries.begin() + static_cast<std::ptrdiff_t>(at); };
  if (end < page.total) std::nth_element(place(0), place(end), place(page.total), before);
  if (begin > 0 && begin < end) std::nth_element(place(0), place(begin), place(end), before);
  std::sort(place(begin), place(end), before);
  page.rows.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) page.rows.push_back(fleet[entries[i].index]);
  return page;
}

}  // namespace rdpwatch::api
