#include "daemon/maintenance_log.hpp"

#include "daemon/cli/logging.hpp"
#include "daemon/report/time_text.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch {
namespace {

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

void log_maintenance(const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    const auto& one = change.maintenance;
    log::info(message_of(change.kind), {{"name", one.name},
                                        {"id", one.id},
                                        {"targets", change.targets},
                                        {"from", report::rfc3339_seconds(one.from)},
                                        {"until", report::rfc3339_seconds(one.until)},
                                        {"reason", one.reason},
                                        {"by", change.by.empty() ? one.by : change.by}});
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
