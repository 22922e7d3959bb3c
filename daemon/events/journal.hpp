#pragma once
// Journal: what happened lately, in memory, bounded by age and by count. Thread-safe: workers and the control
// thread add, the HTTP thread asks. An event is immutable once it is in, so an answer holds pointers.

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/events/event.hpp"

namespace rdpwatch::events {

using EventPtr = std::shared_ptr<const Event>;

struct JournalLimits {
  std::chrono::milliseconds retention{std::chrono::days(30)};
  std::size_t max = 50000;  ///< events, at least 1
};

/// Of each list any entry may hold, and all that is not empty must.
struct EventQuery {
  std::optional<fleet::WallTime> since;  ///< at this time or later
  std::optional<fleet::WallTime> until;  ///< before this time
  std::int64_t after = 0;                ///< ids greater than this
  std::optional<std::int64_t> before;    ///< ids less than this
  std::vector<EventType> types;
  std::vector<std::string> targets;  ///< names, with or without the port
  std::vector<std::string> groups;
  std::optional<fleet::EndpointKey> endpoint;  ///< see is_of()
  std::size_t limit = 100;
  bool newest_first = true;
};

class Journal {
 public:
  using Sink = std::function<void(const Event&)>;

  explicit Journal(JournalLimits limits = {}) : limits_(limits) {}
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Its id. What is beyond the bounds of an event is cut; the oldest event goes when there are too many.
  std::int64_t add(Event event);

  /// Puts back what an earlier process had, in whatever order; the newest `max` of it are kept, and ids go on
  /// after the highest, or after `last_id` where that is higher. Once, before anything else; the sink does
  /// not see these.
  void restore(std::vector<Event> events, std::int64_t last_id = 0);

  /// Is called with each event that is added, after it is in, on the thread that added it: it must be cheap
  /// and thread-safe, and must not add. Two threads' events may come in another order than their ids.
  void set_sink(Sink sink);

  void set_limits(JournalLimits limits);
  /// Forgets what is older than the retention. To be called now and then: add() does not look at the age.
  void expire(fleet::WallTime now);

  /// The oldest event that is kept; the next id that will be given when there is none. What is below it may
  /// be deleted elsewhere too.
  std::int64_t oldest_id() const;
  std::size_t size() const;

  /// In the order asked for, at most `limit`. The lock is held for a bounded number of events at a time.
  std::vector<EventPtr> query(const EventQuery& query) const;

 private:
  void drop_surplus(std::vector<EventPtr>& dropped);
  std::vector<EventPtr> chunk(std::int64_t beyond, bool newest_first) const;

  mutable std::mutex mutex_;
  JournalLimits limits_;
  std::deque<EventPtr> events_;  ///< by id
  std::int64_t next_id_ = 1;
  std::shared_ptr<const Sink> sink_;
};

}  // namespace rdpwatch::events
