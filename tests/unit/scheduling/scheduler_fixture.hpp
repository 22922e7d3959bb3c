#pragma once
// A scheduler with a fake prober, a real result store, and an observer that remembers.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/scheduling/scheduler.hpp"
#include "tests/unit/scheduling/fake_prober.hpp"

namespace rdpwatch::scheduling {

using std::chrono::milliseconds;

struct CertificateSeen {
  std::string before;
  std::string after;
  bool unexpected;
  bool operator==(const CertificateSeen&) const = default;
};

struct RunSeen {
  fleet::EndpointKey key;
  handshake::Verdict verdict;
  milliseconds interval;  ///< as the store has it
  std::optional<fleet::StatusChange> change;
};

class RecordingObserver : public SchedulerObserver {
 public:
  explicit RecordingObserver(fleet::ResultStore& store) : store_(store) {}

  void attempt_done(const inventory::Target& target, const handshake::ProbeResult& result) override {
    const std::scoped_lock lock(mutex_);
    attempts_[target.name].push_back(result);
  }
  void run_done(const inventory::Target&, const fleet::EndpointKey& key, const handshake::ProbeResult& last,
                const std::optional<fleet::StatusChange>& change, const diagnosis::Diagnosis*) override {
    const auto state = store_.find(key);
    const std::scoped_lock lock(mutex_);
    runs_.push_back({key, last.verdict, state ? state->interval : milliseconds(-1), change});
  }
  void certificate_changed(const inventory::Target&, const fleet::TargetState& before,
                           const fleet::TargetState& after) override {
    const bool unexpected = before.unexpected_change != after.unexpected_change;
    const std::scoped_lock lock(mutex_);
    certificates_.push_back({before.certificate->sha256, after.certificate->sha256, unexpected});
  }
  void audit_done(const inventory::Target&, const fleet::EndpointKey&,
                  const handshake::AuditResult& result) override {
    const std::scoped_lock lock(mutex_);
    audits_.push_back(result);
  }
  void diagnosis_done(const inventory::Target&, const fleet::EndpointKey&,
                      const diagnosis::Diagnosis& diagnosis) override {
    const std::scoped_lock lock(mutex_);
    diagnoses_.push_back(diagnosis);
  }
  void skipped(std::string_view cause) override {
    const std::scoped_lock lock(mutex_);
    ++skips_[std::string(cause)];
  }
  void schedule_lag(double seconds) override {
    const std::scoped_lock lock(mutex_);
    lags_.push_back(seconds);
  }

  std::vector<handshake::ProbeResult> attempts(const std::string& target) const {
    const std::scoped_lock lock(mutex_);
    const auto found = attempts_.find(target);
    return found == attempts_.end() ? std::vector<handshake::ProbeResult>{} : found->second;
  }
  std::vector<RunSeen> runs() const {
    const std::scoped_lock lock(mutex_);
    return runs_;
  }
  std::vector<CertificateSeen> certificates() const {
    const std::scoped_lock lock(mutex_);
    return certificates_;
  }
  std::map<std::string, int> skips() const {
    const std::scoped_lock lock(mutex_);
    return skips_;
  }
  int skips(const std::string& cause) const {
    const auto all = skips();
    return all.contains(cause) ? all.at(cause) : 0;
  }
  std::vector<handshake::AuditResult> audits() const {
    const std::scoped_lock lock(mutex_);
    return audits_;
  }
  std::vector<diagnosis::Diagnosis> diagnoses() const {
    const std::scoped_lock lock(mutex_);
    return diagnoses_;
  }
  std::vector<double> lags() const {
    const std::scoped_lock lock(mutex_);
    return lags_;
  }

 private:
  fleet::ResultStore& store_;
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<handshake::ProbeResult>> attempts_;
  std::vector<CertificateSeen> certificates_;
  std::vector<RunSeen> runs_;
  std::map<std::string, int> skips_;
  std::vector<double> lags_;
  std::vector<handshake::AuditResult> audits_;
  std::vector<diagnosis::Diagnosis> diagnoses_;
};

inline inventory::Target make_target(const std::string& name, milliseconds interval = milliseconds(20)) {
  inventory::Target target;
  target.name = name;
  target.group = "farm";
  target.source = "static";
  target.diagnosis.experiments = 0;  // What a failure costs besides its run is a test of its own.
  target.host = name.substr(0, name.find(':'));
  target.interval = interval;
  return target;
}

inline std::shared_ptr<const inventory::Snapshot> snapshot_of(const std::vector<inventory::Target>& targets) {
  auto snapshot = std::make_shared<inventory::Snapshot>();
  for (const auto& target : targets)
    snapshot->emplace(target.name, std::make_shared<const inventory::Target>(target));
  return snapshot;
}

/// No pauses to speak of.
inline PolicySettings quick() {
  PolicySettings policy{.confirm_delay = milliseconds(1)};
  policy.max_connections_per_minute = 120'000;
  return policy;
}

class SchedulerTest : public testing::Test {
 protected:
  void start(PolicySettings policy = {.confirm_delay = milliseconds(1)}, int workers = 2) {
    scheduler_ = std::make_unique<Scheduler>(SchedulerOptions{.workers = workers, .policy = policy}, store_,
                                             observer_, prober_.factory());
  }
  void apply(const std::vector<inventory::Target>& targets) { scheduler_->apply(snapshot_of(targets)); }

  fleet::StatePtr state(const std::string& target, const std::string& address = "") {
    return store_.find({target, address});
  }
  std::uint64_t runs(const std::string& target, const std::string& address = "") {
    const auto found = state(target, address);
    return found ? found->probes_total : 0;
  }
  bool has(const std::string& target, const std::string& address = "") {
    return state(target, address) != nullptr;
  }

  fleet::ResultStore store_;
  RecordingObserver observer_{store_};
  FakeProber prober_;
  std::unique_ptr<Scheduler> scheduler_;
};

}  // namespace rdpwatch::scheduling
