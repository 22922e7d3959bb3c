#include "daemon/maintenance_log.hpp"

#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "daemon/cli/logging.hpp"
#include "daemon/report/time_text.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch {
namespace {

using events::EventType;
using maintenance::Change;

/// One more line says how much more there is.
constexpr std::size_t kMostLines = 20;

std::string_view message_of(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::started:
      return "maintenance began";
    case Change::Kind::ended:
      return "maintenance was ended";
    case Change::Kind::ran_out:
      return "maintenance is over";
  }
  return "";
}

EventType type_of(Change::Kind kind) {
  return kind == Change::Kind::started ? EventType::maintenance_started : EventType::maintenance_ended;
}

std::string sentence_of(const Change& change) {
  const auto& one = change.maintenance;
  const std::string what = "Maintenance " + one.name;
  const std::string targets = "; targets: " + std::to_string(change.targets);
  switch (change.kind) {
    case Change::Kind::started:
      return what + " began, until " + report::date_and_time(one.until) + targets;
    case Change::Kind::ended:
      return what + " was ended" + (change.by.empty() ? "" : " by " + change.by) + targets;
    case Change::Kind::ran_out:
      return what + " is over" + targets;
  }
  return what;
}

/// A maintenance as the journal knows it again: a window has the same name each time, but begins anew.
using Known = std::pair<std::string, std::string>;  ///< name, from

Known known_as(const fleet::Maintenance& one) {
  return {one.name, report::rfc3339_seconds(one.from)};
}

/// The last event of each maintenance that the journal has one of.
std::map<Known, events::EventPtr> last_events(const events::Journal& journal) {
  events::EventQuery query;
  query.types = {EventType::maintenance_started, EventType::maintenance_ended};
  query.limit = std::numeric_limits<std::size_t>::max();  // the journal is bounded
  std::map<Known, events::EventPtr> last;
  for (const auto& event : journal.query(query)) {  // the newest first
    Known known;
    for (const auto& [key, value] : event->details) {
      if (key == "name") known.first = value;
      if (key == "from") known.second = value;
    }
    last.emplace(std::move(known), event);
  }
  return last;
}

/// Whether the last that the journal has of it is that it began: the daemon was restarted since.
bool went_on(const Change& change, const std::map<Known, events::EventPtr>& last) {
  if (change.kind != Change::Kind::started) return false;
  const auto found = last.find(known_as(change.maintenance));
  return found != last.end() && found->second->type == EventType::maintenance_started;
}

void log_failing(const fleet::StatusChange& change, const fleet::ResultStore& store) {
  const auto state = store.find(change.key);
  if (!state) return;
  const auto* const result = state->last_result.get();
  const bool failed = result != nullptr && result->failure.has_value();
  log::warn(change.to == fleet::TargetStatus::down ? "target is down" : "target is flapping",
            {{"target", change.key.target},
             {"address", change.key.address},
             {"group", state->target->group},
             {"was", fleet::name(change.from)},
             {"phase", failed ? handshake::name(result->failure->phase) : ""},
             {"reason", failed ? handshake::name(result->failure->reason) : ""},
             {"detail", failed ? result->failure->detail : std::string()}});
}

}  // namespace

void say_maintenance(const std::vector<Change>& changes, EventLog& events, const events::Journal& journal) {
  if (changes.empty()) return;
  const auto last = last_events(journal);
  for (const Change& change : changes) {
    const auto& one = change.maintenance;
    const std::initializer_list<log::Field> fields{{"name", one.name},
                                                   {"id", one.id},
                                                   {"targets", change.targets},
                                                   {"from", report::rfc3339_seconds(one.from)},
                                                   {"until", report::rfc3339_seconds(one.until)},
                                                   {"reason", one.reason},
                                                   {"by", change.by.empty() ? one.by : change.by}};
    if (went_on(change, last)) {
      log::info("maintenance goes on", fields);
    } else {
      events.say(log::Level::info, message_of(change.kind),
                 event_of(type_of(change.kind), sentence_of(change)), fields);
    }
  }
}

void say_missed_ends(const std::vector<maintenance::Listed>& listed, EventLog& events,
                     const events::Journal& journal) {
  std::set<Known> active;
  for (const auto& one : listed)
    if (one.active) active.insert(known_as(one.maintenance));
  for (const auto& [known, event] : last_events(journal)) {
    if (event->type != EventType::maintenance_started || active.contains(known)) continue;
    events.say(log::Level::info, "maintenance ended while rdpwatch was not running",
               event_of(EventType::maintenance_ended,
                        "Maintenance " + known.first + " ended while rdpwatch was not running"),
               {{"name", known.first}, {"from", known.second}});
  }
}

void log_coverage(const std::vector<fleet::StatusChange>& changes, const fleet::ResultStore& store) {
  std::size_t covered = 0;
  std::size_t failing = 0;
  for (const auto& change : changes) {
    if (change.to == fleet::TargetStatus::maintenance) ++covered;
    if (change.to != fleet::TargetStatus::down && change.to != fleet::TargetStatus::flapping) continue;
    if (++failing <= kMostLines) log_failing(change, store);
  }
  if (failing > kMostLines)
    log::warn("more targets are down now that their maintenance is over", {{"more", failing - kMostLines}});
  if (covered > 0) log::info("targets that were down are in maintenance now", {{"targets", covered}});
}

}  // namespace rdpwatch
