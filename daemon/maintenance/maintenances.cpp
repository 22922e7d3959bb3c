#include "daemon/maintenance/maintenances.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <random>
#include <utility>

#include "config/duration.hpp"
#include "config/maintenance_match.hpp"
#include "config/text.hpp"
#include "daemon/maintenance/matcher.hpp"

namespace rdpwatch::maintenance {
namespace {

using fleet::Maintenance;
using fleet::MaintenancePtr;

std::size_t targets_of(const config::MatchSettings& match, const inventory::Snapshot& inventory) {
  return static_cast<std::size_t>(
      std::ranges::count_if(inventory, [&match](const auto& entry) { return covers(match, *entry.second); }));
}

std::string new_id() {
  std::random_device random;
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), "m%08x", static_cast<unsigned>(random() & 0xFFFFFFFFU));
  return out.data();
}

Maintenance maintenance_of(const AdHoc& ad_hoc, const config::MatchSettings& match) {
  return {ad_hoc.id, config::match_text(match), ad_hoc.from, ad_hoc.until, ad_hoc.reason, ad_hoc.by};
}

Maintenance maintenance_of(const config::WindowSettings& window, const Span& span) {
  return {"", window.name, span.from, span.until, window.reason, ""};
}

/// What is wrong apart from whom it covers.
std::optional<Refusal> fault_of(const StartRequest& request) {
  if (request.duration < kShortestAdHoc || request.duration > kLongestAdHoc)
    return Refusal{"a maintenance can't go on for " + config::format_duration(request.duration),
                   {"1m to 30d, such as 30m or 2h"}};
  if (request.reason.empty() || request.reason.size() > config::kLongestReason ||
      config::has_control_characters(request.reason))
    return Refusal{"a maintenance needs a reason", {"a text of 1 to 500 bytes without control characters"}};
  if (request.by.size() > kLongestBy || config::has_control_characters(request.by))
    return Refusal{"the name of who starts it is too long or has control characters",
                   {"a text of at most 100 bytes"}};
  return std::nullopt;
}

bool same_window(const Maintenance& a, const Maintenance& b) {
  return a.id.empty() && b.id.empty() && a.name == b.name && a.from == b.from;
}

}  // namespace

std::string_view name(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::started:
      return "started";
    case Change::Kind::ended:
      return "ended";
    case Change::Kind::ran_out:
      return "ran_out";
  }
  return "";
}

void Maintenances::set_windows(std::vector<config::WindowSettings> windows) {
  auto shared = std::make_shared<const Windows>(std::move(windows));
  const std::scoped_lock lock(mutex_);
  windows_.swap(shared);
}

void Maintenances::set_inventory(std::shared_ptr<const inventory::Snapshot> inventory) {
  const std::scoped_lock lock(mutex_);
  inventory_.swap(inventory);
}

std::variant<Listed, Refusal> Maintenances::start(const StartRequest& request, WallTime now) {
  if (auto fault = fault_of(request)) return *std::move(fault);
  std::string why;
  auto match = config::parse_match(request.match, why);
  if (!match) return Refusal{why, {}};
  const std::size_t targets = count(*match);
  if (targets == 0 && !request.allow_empty)
    return Refusal{"no target of the inventory fits " + config::match_text(*match),
                   {"names of groups, of targets and values of labels that the inventory has",
                    "\"allow_empty\": true for targets that are still to come"}};
  AdHoc ad_hoc{new_id(), request.match, now, now + request.duration, request.reason, request.by};
  Listed listed{maintenance_of(ad_hoc, *match), config::match_text(*match), true, targets};
  {
    const std::scoped_lock lock(mutex_);
    if (started_.size() >= kMostAdHoc)
      return Refusal{"there are " + std::to_string(kMostAdHoc) + " maintenances already",
                     {"a new one when another has ended"}};
    changes_.push_back({Change::Kind::started, listed.maintenance, "", targets});
    started_.push_back({std::move(ad_hoc), *std::move(match)});
  }
  wake_();
  return listed;
}

bool Maintenances::end(const std::string& id, const std::string& by, WallTime now) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find_if(
        started_, [&](const Started& one) { return one.ad_hoc.id == id && one.ad_hoc.until > now; });
    if (found == started_.end()) return false;
    changes_.push_back({Change::Kind::ended, maintenance_of(found->ad_hoc, found->match), by,
                        targets_of(found->match, *inventory_)});
    started_.erase(found);
  }
  wake_();
  return true;
}

std::vector<AdHoc> Maintenances::ad_hoc() const {
  const std::scoped_lock lock(mutex_);
  std::vector<AdHoc> out;
  for (const Started& one : started_) out.push_back(one.ad_hoc);
  return out;
}

void Maintenances::restore(std::vector<AdHoc> kept) {
  const std::scoped_lock lock(mutex_);
  for (AdHoc& ad_hoc : kept) {
    std::string ignored;
    auto match = config::parse_match(ad_hoc.match, ignored);
    if (match && started_.size() < kMostAdHoc) started_.push_back({std::move(ad_hoc), *std::move(match)});
  }
}

std::vector<Maintenances::Active> Maintenances::active_at(WallTime now) const {
  std::vector<Active> active;
  for (const Started& one : started_)
    active.push_back({one.match, std::make_shared<const Maintenance>(maintenance_of(one.ad_hoc, one.match))});
  for (const auto& window : *windows_) {
    if (const auto span = open_at(window, now))
      active.push_back({window.match, std::make_shared<const Maintenance>(maintenance_of(window, *span))});
  }
  // Where several cover a target, the one that ends last is told.
  std::ranges::stable_sort(
      active, [](const Active& a, const Active& b) { return a.maintenance->until > b.maintenance->until; });
  return active;
}

void Maintenances::note_window_changes(const std::vector<Active>& now_active, WallTime now,
                                       std::vector<Change>& changes) const {
  const auto is_among = [](const std::vector<Active>& all, const Maintenance& one) {
    return std::ranges::any_of(all,
                               [&one](const Active& other) { return same_window(*other.maintenance, one); });
  };
  for (const Active& one : active_) {
    const Maintenance& window = *one.maintenance;
    if (!window.id.empty() || is_among(now_active, window)) continue;
    const auto kind = window.until <= now ? Change::Kind::ran_out : Change::Kind::ended;
    changes.push_back({kind, window, "", targets_of(one.match, *inventory_)});
  }
  for (const Active& one : now_active) {
    const Maintenance& window = *one.maintenance;
    if (!window.id.empty() || is_among(active_, window)) continue;
    changes.push_back({Change::Kind::started, window, "", targets_of(one.match, *inventory_)});
  }
}

Maintenances::Tick Maintenances::tick(WallTime now) {
  const std::scoped_lock lock(mutex_);
  Tick tick;
  tick.changes = std::exchange(changes_, {});
  std::erase_if(started_, [&](const Started& one) {
    if (one.ad_hoc.until > now) return false;
    tick.changes.push_back({Change::Kind::ran_out, maintenance_of(one.ad_hoc, one.match), "",
                            targets_of(one.match, *inventory_)});
    return true;
  });
  std::vector<Active> active = active_at(now);
  note_window_changes(active, now, tick.changes);
  bool is_same = active.size() == active_.size();
  for (std::size_t i = 0; i < active.size(); ++i) {
    // What goes on keeps its object, so that the store sees that nothing changed for whom it covers.
    const auto before = std::ranges::find_if(
        active_, [&](const Active& one) { return *one.maintenance == *active[i].maintenance; });
    if (before != active_.end()) active[i].maintenance = before->maintenance;
    is_same =
        is_same && active[i].maintenance == active_[i].maintenance && active[i].match == active_[i].match;
  }
  active_ = active;
  if (is_same) return tick;
  tick.coverage = [active = std::move(active)](const inventory::Target& target) -> MaintenancePtr {
    const auto found =
        std::ranges::find_if(active, [&target](const Active& one) { return covers(one.match, target); });
    return found == active.end() ? nullptr : found->maintenance;
  };
  return tick;
}

std::size_t Maintenances::count(const config::MatchSettings& match) const {
  std::shared_ptr<const inventory::Snapshot> inventory;
  {
    const std::scoped_lock lock(mutex_);
    inventory = inventory_;
  }
  return targets_of(match, *inventory);
}

std::vector<Listed> Maintenances::list(WallTime now) const {
  std::shared_ptr<const Windows> windows;
  std::shared_ptr<const inventory::Snapshot> inventory;
  std::vector<Started> started;
  {
    const std::scoped_lock lock(mutex_);
    windows = windows_;
    inventory = inventory_;
    started = started_;
  }
  std::vector<Listed> active;
  std::vector<Listed> upcoming;
  for (const Started& one : started) {
    if (one.ad_hoc.until <= now) continue;
    active.push_back({maintenance_of(one.ad_hoc, one.match), config::match_text(one.match), true,
                      targets_of(one.match, *inventory)});
  }
  for (const auto& window : *windows) {
    const auto open = open_at(window, now);
    const auto next = next_after(window, now);
    const bool is_near = next && next->from - now <= kUpcoming;
    if (!open && !is_near) continue;
    const std::string match = config::match_text(window.match);
    const std::size_t targets = targets_of(window.match, *inventory);
    if (open) active.push_back({maintenance_of(window, *open), match, true, targets});
    if (is_near) upcoming.push_back({maintenance_of(window, *next), match, false, targets});
  }
  std::ranges::stable_sort(
      active, [](const Listed& a, const Listed& b) { return a.maintenance.until < b.maintenance.until; });
  std::ranges::stable_sort(
      upcoming, [](const Listed& a, const Listed& b) { return a.maintenance.from < b.maintenance.from; });
  std::ranges::move(upcoming, std::back_inserter(active));
  return active;
}

}  // namespace rdpwatch::maintenance
