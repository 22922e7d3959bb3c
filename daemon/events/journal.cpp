#include "daemon/events/journal.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace rdpwatch::events {
namespace {

/// Events copied under one lock: some tens of microseconds.
constexpr std::size_t kChunk = 2048;

template <class List, class Value>
bool allows(const List& list, const Value& value) {
  return list.empty() || std::ranges::find(list, value) != list.end();
}

/// "ts09:3389" is called so and "ts09".
bool is_called(const std::string& target, const std::vector<std::string>& names) {
  return names.empty() || std::ranges::any_of(names, [&target](const std::string& name) {
           return target == name || (target.rfind(':') == name.size() && target.starts_with(name));
         });
}

bool matches(const Event& event, const EventQuery& query) {
  if (query.since && event.when < *query.since) return false;
  if (query.until && event.when >= *query.until) return false;
  return allows(query.types, event.type) && is_called(event.target, query.targets) &&
         allows(query.groups, event.group) && (!query.endpoint || is_of(event, *query.endpoint));
}

std::int64_t id_of(const EventPtr& event) {
  return event->id;
}

}  // namespace

std::int64_t Journal::add(Event event) {
  bound(event);
  auto kept = std::make_shared<Event>(std::move(event));
  std::vector<EventPtr> dropped;  // freed after the lock
  std::shared_ptr<const Sink> sink;
  std::int64_t id = 0;
  {
    const std::scoped_lock lock(mutex_);
    id = next_id_++;
    kept->id = id;
    events_.push_back(kept);
    drop_surplus(dropped);
    sink = sink_;
  }
  if (sink) (*sink)(*kept);
  return id;
}

void Journal::restore(std::vector<Event> events, std::int64_t last_id) {
  std::ranges::sort(events, {}, &Event::id);
  std::vector<EventPtr> dropped;  // freed after the lock
  const std::scoped_lock lock(mutex_);
  for (auto& event : events) {
    if (event.id < next_id_) continue;  // twice, or no id that we gave
    bound(event);
    next_id_ = event.id + 1;
    events_.push_back(std::make_shared<const Event>(std::move(event)));
  }
  next_id_ = std::max(next_id_, last_id + 1);
  drop_surplus(dropped);
}

void Journal::set_sink(Sink sink) {
  auto made = std::make_shared<const Sink>(std::move(sink));
  const std::scoped_lock lock(mutex_);
  sink_ = std::move(made);
}

void Journal::set_limits(JournalLimits limits) {
  std::vector<EventPtr> dropped;  // freed after the lock
  const std::scoped_lock lock(mutex_);
  limits_ = limits;
  drop_surplus(dropped);
}

void Journal::expire(fleet::WallTime now) {
  std::vector<EventPtr> dropped;  // freed after the lock
  const std::scoped_lock lock(mutex_);
  while (!events_.empty() && events_.front()->when < now - limits_.retention) {
    dropped.push_back(std::move(events_.front()));
    events_.pop_front();
  }
}

std::int64_t Journal::oldest_id() const {
  const std::scoped_lock lock(mutex_);
  return events_.empty() ? next_id_ : events_.front()->id;
}

std::size_t Journal::size() const {
  const std::scoped_lock lock(mutex_);
  return events_.size();
}

std::vector<EventPtr> Journal::query(const EventQuery& query) const {
  const std::int64_t below = query.before.value_or(std::numeric_limits<std::int64_t>::max());
  std::vector<EventPtr> found;
  std::int64_t beyond = query.newest_first ? below : query.after;
  while (found.size() < query.limit) {
    const auto events = chunk(beyond, query.newest_first);
    if (events.empty()) break;
    for (const auto& event : events) {
      const bool over = query.newest_first ? event->id <= query.after : event->id >= below;
      if (over || found.size() == query.limit) return found;
      if (matches(*event, query)) found.push_back(event);
    }
    beyond = events.back()->id;
  }
  return found;
}

void Journal::drop_surplus(std::vector<EventPtr>& dropped) {
  while (events_.size() > limits_.max) {
    dropped.push_back(std::move(events_.front()));
    events_.pop_front();
  }
}

/// The next events below (newest first) or above an id.
std::vector<EventPtr> Journal::chunk(std::int64_t beyond, bool newest_first) const {
  std::vector<EventPtr> out;
  const std::scoped_lock lock(mutex_);
  if (newest_first) {
    const auto end = std::ranges::lower_bound(events_, beyond, {}, id_of);
    const auto count = std::min<std::ptrdiff_t>(end - events_.begin(), kChunk);
    out.assign(std::make_reverse_iterator(end), std::make_reverse_iterator(end - count));
  } else {
    const auto begin = std::ranges::upper_bound(events_, beyond, {}, id_of);
    const auto count = std::min<std::ptrdiff_t>(events_.end() - begin, kChunk);
    out.assign(begin, begin + count);
  }
  return out;
}

}  // namespace rdpwatch::events
