#include "daemon/metrics/self_metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/fleet/series_labels.hpp"
#include "daemon/metrics/process_metrics.hpp"

namespace rdpwatch::metrics {
namespace {

using handshake::FailureReason;
using handshake::Verdict;

const prometheus::Histogram::BucketBoundaries kLagBuckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                          0.5,   1,      2.5,   5,    10,    30,   60};

/// What connect() and socket() refuse with when our own machine is the reason, and EBUSY for a loop that was
/// too late to tell a timeout; these series exist from 0.
constexpr std::array kLocalErrors{ENETUNREACH, EHOSTUNREACH, EACCES,  EPERM,  EINVAL, EADDRNOTAVAIL,
                                  EMFILE,      ENFILE,       ENOBUFS, ENOMEM, EBUSY};

/// The path failures with the most members; a scrape must stay small when everything is broken.
constexpr std::size_t kMostPathFailures = 100;

constexpr const char* kOtherCause = "other";

/// What the scheduler skips runs for.
constexpr std::array kSkipCauses{"still_running", "rate_cap", "overloaded", "deadline"};

double seconds(fleet::WallTime time) {
  return std::chrono::duration<double>(std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch())
      .count();
}

std::string local_cause(const handshake::Failure& failure) {
  if (failure.reason == FailureReason::internal_error) return "internal_error";
  if (!failure.number) return kOtherCause;
  const char* const name = strerrorname_np(static_cast<int>(*failure.number));
  return name == nullptr ? kOtherCause : name;
}

/// Place in the catalogue; every family here comes from it.
std::size_t place(const prometheus::MetricFamily& family) {
  const auto found = std::find_if(kCatalogue.begin(), kCatalogue.end(),
                                  [&family](const MetricRow& row) { return row.name == family.name; });
  return static_cast<std::size_t>(found - kCatalogue.begin());
}

constexpr std::array kVerdicts{Verdict::success, Verdict::failure, Verdict::local_fault, Verdict::abandoned};

const char* outcome(Verdict verdict) {
  switch (verdict) {
    case Verdict::success:
      return "success";
    case Verdict::failure:
      return "failure";
    case Verdict::local_fault:
      return "local_fault";
    case Verdict::abandoned:
      return "abandoned";
  }
  return "";
}

}  // namespace

prometheus::Family<prometheus::Counter>& SelfMetrics::counters(SelfMetric metric) {
  return prometheus::BuildCounter()
      .Name(std::string(row(metric).name))
      .Help(std::string(row(metric).help))
      .Register(registry_);
}

prometheus::Family<prometheus::Gauge>& SelfMetrics::gauges(SelfMetric metric) {
  return prometheus::BuildGauge()
      .Name(std::string(row(metric).name))
      .Help(std::string(row(metric).help))
      .Register(registry_);
}

SelfMetrics::SelfMetrics(const BuildInfo& build)
    : path_failures_(gauges(SelfMetric::rdp_path_failure_members)),
      prober_blind_(gauge(SelfMetric::rdpwatch_prober_blind)),
      prober_clock_wrong_(gauge(SelfMetric::rdpwatch_prober_clock_wrong)),
      reload_successful_(gauge(SelfMetric::rdpwatch_config_last_reload_successful)),
      reload_time_(gauge(SelfMetric::rdpwatch_config_last_reload_success_timestamp_seconds)),
      runs_(counters(SelfMetric::rdpwatch_probes_total)),
      failures_(counters(SelfMetric::rdpwatch_probe_failures_total)),
      local_errors_(counters(SelfMetric::rdpwatch_probe_local_errors_total)),
      in_flight_(gauge(SelfMetric::rdpwatch_probes_in_flight)),
      lag_(prometheus::BuildHistogram()
               .Name(std::string(row(SelfMetric::rdpwatch_schedule_lag_seconds).name))
               .Help(std::string(row(SelfMetric::rdpwatch_schedule_lag_seconds).help))
               .Register(registry_)
               .Add({}, kLagBuckets)),
      skipped_(counters(SelfMetric::rdpwatch_probes_skipped_total)),
      audits_(counters(SelfMetric::rdpwatch_audits_total)),
      diagnoses_(counters(SelfMetric::rdpwatch_diagnoses_total).Add({})),
      events_(counters(SelfMetric::rdpwatch_events_total)),
      events_dropped_(counters(SelfMetric::rdpwatch_events_dropped_total).Add({})),
      targets_(gauges(SelfMetric::rdpwatch_targets)),
      held_(gauge(SelfMetric::rdpwatch_inventory_held_changes)),
      sd_failures_(counters(SelfMetric::rdpwatch_sd_refresh_failures_total)),
      sd_success_(gauges(SelfMetric::rdpwatch_sd_last_refresh_success_timestamp_seconds)),
      shard_(gauge(SelfMetric::rdpwatch_shard)),
      shards_(gauge(SelfMetric::rdpwatch_shards)),
      exposition_seconds_(gauge(SelfMetric::rdpwatch_exposition_duration_seconds)),
      exposition_bytes_(gauge(SelfMetric::rdpwatch_exposition_bytes)),
      series_(gauge(SelfMetric::rdpwatch_series)),
      dropped_(counters(SelfMetric::rdpwatch_series_dropped_total)) {
  gauges(SelfMetric::rdpwatch_build_info)
      .Add({{"version", build.version},
            {"revision", build.revision},
            {"compiler", build.compiler},
            {"tls_library", build.tls_library}})
      .Set(1);
  // A counter that appears with its first event hides that event from rate(): what is known beforehand begins
  // at 0.
  for (const int error : kLocalErrors) local_errors_.Add({{"cause", strerrorname_np(error)}});
  local_errors_.Add({{"cause", "internal_error"}});
  local_errors_.Add({{"cause", kOtherCause}});
  for (const char* const cause : kSkipCauses) skipped_.Add({{"cause", cause}});
  for (const Verdict verdict : kVerdicts) audits_.Add({{"outcome", outcome(verdict)}});
  for (const auto& row : events::kEventTypes) events_.Add({{"type", std::string(row.name)}});
  for (const auto& row : kCatalogue) {
    if (row.drop > 0) dropped_.Add({{"family", std::string(row.name)}});
  }
  shards_.Set(1);
}

void SelfMetrics::set_modules(const std::set<std::string>& modules) {
  const std::scoped_lock lock(modules_mutex_);
  std::erase_if(modules_, [this, &modules](const auto& known) {
    if (modules.contains(known.first)) return false;
    runs_.Remove(known.second.runs);
    for (auto* const counter : known.second.failures) failures_.Remove(counter);
    return true;
  });
  for (const auto& module : modules) {
    auto& counters = modules_[module];
    if (counters.runs != nullptr) continue;
    counters.runs = &runs_.Add({{"module", module}});
    for (const auto& reason : handshake::kReasons) {
      counters.failures.push_back(&failures_.Add({{"module", module}, {"reason", std::string(reason.name)}}));
    }
  }
}

void SelfMetrics::run_done(const std::string& module, std::optional<FailureReason> failure) {
  const std::scoped_lock lock(modules_mutex_);
  const auto found = modules_.find(module);
  if (found == modules_.end()) return;
  found->second.runs->Increment();
  if (failure) found->second.failures[static_cast<std::size_t>(*failure)]->Increment();
}

void SelfMetrics::local_fault(const handshake::Failure& failure) {
  local_errors_.Add({{"cause", local_cause(failure)}}).Increment();
}

void SelfMetrics::schedule_lag(std::chrono::nanoseconds lag) {
  lag_.Observe(std::max(0.0, std::chrono::duration<double>(lag).count()));
}

void SelfMetrics::run_skipped(const std::string& cause) {
  skipped_.Add({{"cause", cause}}).Increment();
}

void SelfMetrics::audit_done(Verdict verdict) {
  audits_.Add({{"outcome", outcome(verdict)}}).Increment();
}

void SelfMetrics::diagnosis_done() {
  diagnoses_.Increment();
}

void SelfMetrics::event_noted(events::EventType type) {
  events_.Add({{"type", std::string(events::name(type))}}).Increment();
}

void SelfMetrics::events_dropped(std::uint64_t events) {
  events_dropped_.Increment(static_cast<double>(events));
}

void SelfMetrics::set_targets(const std::map<std::string, std::size_t>& by_source) {
  for (const auto& [source, count] : by_source)
    targets_.Add({{"source", source}}).Set(static_cast<double>(count));
}

void SelfMetrics::storage_status(const StorageFigures& figures) {
  gauge(SelfMetric::rdpwatch_storage_working).Set(figures.working ? 1 : 0);
  auto& errors = counters(SelfMetric::rdpwatch_storage_errors_total).Add({});
  errors.Increment(static_cast<double>(figures.errors) - errors.Value());
  gauge(SelfMetric::rdpwatch_storage_last_write_timestamp_seconds)
      .Set(figures.last_write ? seconds(*figures.last_write) : 0);
  gauge(SelfMetric::rdpwatch_storage_bytes).Set(static_cast<double>(figures.bytes));
}

void SelfMetrics::set_held_changes(std::size_t updates) {
  held_.Set(static_cast<double>(updates));
}

void SelfMetrics::sd_refreshed(const std::string& mechanism, fleet::WallTime when) {
  sd_failures_.Add({{"mechanism", mechanism}});
  sd_success_.Add({{"mechanism", mechanism}}).Set(seconds(when));
}

void SelfMetrics::sd_refresh_failed(const std::string& mechanism) {
  sd_failures_.Add({{"mechanism", mechanism}}).Increment();
}

void SelfMetrics::config_loaded(bool successful, fleet::WallTime when) {
  reload_successful_.Set(successful ? 1 : 0);
  if (successful) reload_time_.Set(seconds(when));
}

void SelfMetrics::judged(const fleet::FleetJudgement& judgement) {
  prober_blind_.Set(judgement.prober_blind() ? 1 : 0);
  prober_clock_wrong_.Set(judgement.prober_clock_wrong() ? 1 : 0);
  auto gone = std::exchange(paths_, {});
  for (const auto& path : judgement.paths()) {
    if (paths_.size() == kMostPathFailures) break;
    std::string shared;
    fleet::append_clean_utf8(shared, path.name, fleet::kMaxLabelValue);
    auto& series = path_failures_.Add({{"scope", std::string(fleet::name(path.scope))}, {"name", shared}});
    series.Set(static_cast<double>(path.members));
    const std::pair id(std::string(fleet::name(path.scope)), std::move(shared));
    paths_[id] = &series;
    gone.erase(id);
  }
  for (const auto& [id, series] : gone) path_failures_.Remove(series);
}

void SelfMetrics::set_shard(int shard, int shards) {
  shard_.Set(shard);
  shards_.Set(shards);
}

void SelfMetrics::exposition_done(std::chrono::nanoseconds rendering, std::uint64_t bytes,
                                  std::optional<std::uint64_t> series) {
  exposition_seconds_.Set(std::chrono::duration<double>(rendering).count());
  exposition_bytes_.Set(static_cast<double>(bytes));
  if (series) series_.Set(static_cast<double>(*series));
}

void SelfMetrics::series_dropped(std::string_view family, std::uint64_t series) {
  dropped_.Add({{"family", std::string(family)}}).Increment(static_cast<double>(series));
}

SelfStatus SelfMetrics::status() const {
  const auto whole = [](double value) { return static_cast<std::uint64_t>(std::max(0.0, value)); };
  SelfStatus status;
  status.reload_successful = reload_successful_.Value() == 1;
  if (reload_time_.Value() > 0) {
    status.last_reload_success = fleet::WallTime(std::chrono::duration_cast<fleet::WallTime::duration>(
        std::chrono::duration<double>(reload_time_.Value())));
  }
  for (const auto& family : targets_.Collect()) {
    for (const auto& metric : family.metric)
      status.targets_by_source[metric.label.front().value] = whole(metric.gauge.value);
  }
  status.in_flight = whole(in_flight_.Value());
  status.held_changes = whole(held_.Value());
  return status;
}

std::string SelfMetrics::render() const {
  auto families = registry_.Collect();
  for (auto& family : process_metrics()) families.push_back(std::move(family));
  std::erase_if(families, [](const auto& family) { return family.metric.empty(); });
  std::sort(families.begin(), families.end(),
            [](const auto& a, const auto& b) { return place(a) < place(b); });
  for (auto& family : families) {
    std::sort(family.metric.begin(), family.metric.end(),
              [](const auto& a, const auto& b) { return a.label < b.label; });
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace rdpwatch::metrics
