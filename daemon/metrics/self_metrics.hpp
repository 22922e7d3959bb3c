#pragma once
// SelfMetrics: what the daemon says of itself, prefix rdpwatch_, and process_*. Thread-safe: any thread may
// call anything; every call but render() and set_modules() is cheap.

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/events/event.hpp"
#include "daemon/fleet/fleet_judgement.hpp"
#include "daemon/metrics/catalogue.hpp"

namespace rdpwatch::metrics {

struct BuildInfo {
  std::string version;
  std::string revision;
  std::string compiler;
  std::string tls_library;
};

/// What the daemon's metrics say, for those that show it in another form.
struct SelfStatus {
  bool reload_successful = false;
  std::optional<fleet::WallTime> last_reload_success;  ///< nothing before the first
  std::map<std::string, std::uint64_t> targets_by_source;
  std::uint64_t in_flight = 0;     ///< attempts
  std::uint64_t held_changes = 0;  ///< groups with a held update of the inventory
};

/// How the file with the state does.
struct StorageFigures {
  bool working = false;
  std::uint64_t errors = 0;  ///< since the start
  std::uint64_t bytes = 0;
  std::optional<fleet::WallTime> last_write;
};

class SelfMetrics {
 public:
  explicit SelfMetrics(const BuildInfo& build);

  /// The modules that targets use: their counters exist from 0 (known ones go on), those of other modules
  /// vanish.
  void set_modules(const std::set<std::string>& modules);
  /// One run that counts for its target; `failure` when its verdict is one. Unknown modules are ignored:
  /// their last runs may end after a reload that took the module away.
  void run_done(const std::string& module, std::optional<handshake::FailureReason> failure);
  /// One attempt with Verdict::local_fault.
  void local_fault(const handshake::Failure& failure);
  void attempt_started() { in_flight_.Increment(); }
  void attempt_ended() { in_flight_.Decrement(); }
  /// How long after its due time a run began; below 0 counts as 0.
  void schedule_lag(std::chrono::nanoseconds lag);
  /// A run that was due and did not happen. `cause` is one of a few fixed words.
  void run_skipped(const std::string& cause);
  /// One audit, however it ended.
  void audit_done(handshake::Verdict verdict);
  /// One diagnosis, with its experiments.
  void diagnosis_done();

  /// One event of the journal; some that could not be written to the file of events.
  void event_noted(events::EventType type);
  void events_dropped(std::uint64_t events);

  void set_targets(const std::map<std::string, std::size_t>& by_source);
  void set_held_changes(std::size_t updates);
  void sd_refreshed(const std::string& mechanism, fleet::WallTime when);
  void sd_refresh_failed(const std::string& mechanism);
  /// A failed load leaves the time of the last good one.
  void config_loaded(bool successful, fleet::WallTime when);
  /// What the fleet as a whole says; path failures that are over vanish. Only one thread may call this.
  void judged(const fleet::FleetJudgement& judgement);
  /// Only for a daemon that keeps its state in a file. Only one thread may call this.
  void storage_status(const StorageFigures& figures);
  void set_shard(int shard, int shards);

  /// A complete scrape; `series` when it had the per-target series.
  void exposition_done(std::chrono::nanoseconds rendering, std::uint64_t bytes,
                       std::optional<std::uint64_t> series);
  void series_dropped(std::string_view family, std::uint64_t series);

  SelfStatus status() const;

  /// Text format 0.0.4, families in the catalogue's order, series by labels. A few hundred kilobytes at most.
  std::string render() const;

 private:
  prometheus::Family<prometheus::Counter>& counters(SelfMetric metric);
  prometheus::Family<prometheus::Gauge>& gauges(SelfMetric metric);
  prometheus::Gauge& gauge(SelfMetric metric) { return gauges(metric).Add({}); }

  struct ModuleCounters {
    prometheus::Counter* runs = nullptr;
    std::vector<prometheus::Counter*> failures;  ///< by FailureReason
  };

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Gauge>& path_failures_;
  prometheus::Gauge& prober_blind_;
  prometheus::Gauge& prober_clock_wrong_;
  prometheus::Gauge& reload_successful_;
  prometheus::Gauge& reload_time_;
  prometheus::Family<prometheus::Counter>& runs_;
  prometheus::Family<prometheus::Counter>& failures_;
  prometheus::Family<prometheus::Counter>& local_errors_;
  prometheus::Gauge& in_flight_;
  prometheus::Histogram& lag_;
  prometheus::Family<prometheus::Counter>& skipped_;
  prometheus::Family<prometheus::Counter>& audits_;
  prometheus::Counter& diagnoses_;
  prometheus::Family<prometheus::Counter>& events_;
  prometheus::Counter& events_dropped_;
  prometheus::Family<prometheus::Gauge>& targets_;
  prometheus::Gauge& held_;
  prometheus::Family<prometheus::Counter>& sd_failures_;
  prometheus::Family<prometheus::Gauge>& sd_success_;
  prometheus::Gauge& shard_;
  prometheus::Gauge& shards_;
  prometheus::Gauge& exposition_seconds_;
  prometheus::Gauge& exposition_bytes_;
  prometheus::Gauge& series_;
  prometheus::Family<prometheus::Counter>& dropped_;

  std::map<std::pair<std::string, std::string>, prometheus::Gauge*> paths_;  ///< by scope and name

  std::mutex modules_mutex_;
  std::map<std::string, ModuleCounters> modules_;
};

}  // namespace rdpwatch::metrics
