#include "daemon/fleet/result_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/fleet/results.hpp"

namespace rdpwatch::fleet {
namespace {

using test::at;
using test::audit;
using test::kKey;
using test::run;
using test::success;
using test::target;
using test::timeout;
using testing::ElementsAre;
using testing::IsEmpty;

class ResultStoreTest : public testing::Test {
 protected:
  void SetUp() override { store_.put_endpoint(kKey, test::target("ts01:3389"), at(100)); }

  StatePtr state() const { return store_.find(kKey); }
  /// The first bytes of those in its history, the newest last.
  std::vector<std::string> fingerprints() const {
    std::vector<std::string> found;
    for (const auto& seen : state()->certificates) found.push_back(hex(seen.sha256).substr(0, 2));
    return found;
  }

  ResultStore store_;
};

TEST_F(ResultStoreTest, AnEndpointIsUnknownUntilItsFirstRun) {
  EXPECT_EQ(state()->status, TargetStatus::unknown);
  EXPECT_EQ(state()->status_since, at(100));
  EXPECT_EQ(state()->interval, std::chrono::seconds(60));
  EXPECT_EQ(state()->probes_total, 0u);
  EXPECT_EQ(state()->last_result, nullptr);
  EXPECT_FALSE(state()->last_run);
  EXPECT_EQ(state()->series_labels, R"(target="ts01:3389",group="a")");
}

TEST_F(ResultStoreTest, TheFirstVerdictIsAChangeFromUnknown) {
  const auto change = store_.record(kKey, run({success()}, 160));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->key, kKey);
  EXPECT_EQ(change->from, TargetStatus::unknown);
  EXPECT_EQ(change->to, TargetStatus::up);
  EXPECT_EQ(change->previous_since, at(100));
  EXPECT_EQ(state()->status, TargetStatus::up);
}

TEST_F(ResultStoreTest, StatusSinceMovesOnlyWithTheStatus) {
  store_.record(kKey, run({success()}, 160));
  EXPECT_FALSE(store_.record(kKey, run({success()}, 220)));
  EXPECT_EQ(state()->status_since, at(160));
  const auto change = store_.record(kKey, run({timeout(), timeout()}, 280));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->to, TargetStatus::down);
  EXPECT_EQ(change->previous_since, at(160));
  EXPECT_EQ(state()->status_since, at(280));
}

TEST_F(ResultStoreTest, RunsAndAttemptsAreCountedApart) {
  store_.record(kKey, run({timeout(), success()}, 160));
  EXPECT_EQ(state()->status, TargetStatus::up) << "one successful attempt means up";
  EXPECT_EQ(state()->probes_total, 1u);
  EXPECT_EQ(state()->probe_failures_total, 0u);
  EXPECT_EQ(state()->attempts_total, 2u);
  EXPECT_EQ(state()->attempt_failures_total, 1u);
  store_.record(kKey, run({timeout(), timeout()}, 220));
  EXPECT_EQ(state()->probes_total, 2u);
  EXPECT_EQ(state()->probe_failures_total, 1u);
  EXPECT_EQ(state()->attempts_total, 4u);
  EXPECT_EQ(state()->attempt_failures_total, 3u);
}

TEST_F(ResultStoreTest, ConsecutiveFailuresEndWithASuccess) {
  store_.record(kKey, run({timeout()}, 160));
  store_.record(kKey, run({timeout()}, 220));
  EXPECT_EQ(state()->consecutive_failures, 2u);
  EXPECT_FALSE(state()->last_success);
  store_.record(kKey, run({success()}, 280));
  EXPECT_EQ(state()->consecutive_failures, 0u);
  EXPECT_EQ(state()->last_success, at(280));
  EXPECT_EQ(state()->last_run, at(280));
}

TEST_F(ResultStoreTest, OurOwnFaultsAndAbandonedAttemptsChangeNothing) {
  auto local = test::failure(handshake::Phase::connect, handshake::FailureReason::local_resources);
  local.verdict = handshake::Verdict::local_fault;
  handshake::ProbeResult abandoned;
  EXPECT_FALSE(store_.record(kKey, run({local, abandoned}, 160)));
  EXPECT_EQ(state()->status, TargetStatus::unknown);
  EXPECT_EQ(state()->attempts_total, 0u);
  EXPECT_FALSE(state()->last_run);
  store_.record(kKey, run({timeout(), abandoned}, 220));
  EXPECT_EQ(state()->attempts_total, 1u) << "the attempt that is the target's counts alone";
  EXPECT_EQ(state()->status, TargetStatus::down);
}

TEST_F(ResultStoreTest, ARemovedEndpointIsIgnored) {
  store_.remove_endpoint(kKey);
  EXPECT_FALSE(store_.record(kKey, run({success()}, 160)));
  EXPECT_EQ(store_.find(kKey), nullptr);
  EXPECT_EQ(store_.size(), 0u);
  store_.remove_endpoint(kKey);
  EXPECT_EQ(store_.size(), 0u);
}

TEST_F(ResultStoreTest, AnAuditStaysOverRunsAndReloads) {
  EXPECT_EQ(state()->audit, nullptr);
  store_.record(kKey, run({success("aa")}, 160));
  store_.record_audit(kKey, test::audit(true, 7));
  const StatePtr audited = state();
  ASSERT_TRUE(audited->audit);
  EXPECT_EQ(audited->audit->nla_required, true);
  EXPECT_EQ(audited->audit->connections, 7);
  EXPECT_EQ(audited->probes_total, 1u) << "an audit is no run";
  EXPECT_EQ(audited->last_run, at(160));
  EXPECT_EQ(audited->certificate->sha256, "aa");
  store_.record(kKey, run({timeout(), timeout()}, 220));
  EXPECT_EQ(state()->status, TargetStatus::down);
  EXPECT_EQ(state()->audit, audited->audit);
  inventory::Target changed(*test::target("ts01:3389", "b"));
  changed.labels = {{"site", "fra1"}};
  changed.audit_interval = std::chrono::hours(24);
  store_.put_endpoint(kKey, std::make_shared<const inventory::Target>(changed), at(300));
  EXPECT_EQ(state()->audit, audited->audit);
  changed.audit_interval = std::chrono::hours(0);
  store_.put_endpoint(kKey, std::make_shared<const inventory::Target>(changed), at(360));
  EXPECT_EQ(state()->audit, nullptr) << "nobody asks any more, so nobody would renew it";
}

TEST_F(ResultStoreTest, ANewerAuditTakesThePlaceOfTheOlder) {
  store_.record_audit(kKey, test::audit(true, 7));
  const StatePtr before = state();
  store_.record_audit(kKey, test::audit(false, 6));
  EXPECT_EQ(state()->audit->nla_required, false);
  EXPECT_EQ(state()->audit->connections, 6);
  EXPECT_EQ(before->audit->connections, 7) << "a reader goes on with what it has";
}

TEST_F(ResultStoreTest, AnAuditOfAnUnknownEndpointIsIgnored) {
  store_.record_audit({"ts02:3389", ""}, test::audit(true, 7));
  store_.record_audit({"ts01:3389", "10.0.0.9"}, test::audit(true, 7));
  EXPECT_EQ(store_.size(), 1u);
  EXPECT_EQ(state()->audit, nullptr);
  store_.record_audit(kKey, test::audit(true, 7));
  store_.remove_endpoint(kKey);
  store_.put_endpoint(kKey, test::target("ts01:3389"), at(400));
  EXPECT_EQ(state()->audit, nullptr) << "a target that comes back starts anew";
}

TEST_F(ResultStoreTest, AKnownEndpointKeepsStateAndCountersWithNewLabels) {
  store_.record(kKey, run({success("aa")}, 160));
  inventory::Target changed(*test::target("ts01:3389"));
  changed.labels = {{"site", "fra1"}};
  store_.put_endpoint(kKey, std::make_shared<const inventory::Target>(changed), at(200));
  EXPECT_EQ(state()->probes_total, 1u);
  EXPECT_EQ(state()->status, TargetStatus::up);
  EXPECT_EQ(state()->status_since, at(160));
  EXPECT_EQ(state()->series_labels, R"(target="ts01:3389",group="a",site="fra1")");
}

TEST_F(ResultStoreTest, ANewIntervalTakesThePlaceOfABackOff) {
  auto backed_off = run({timeout()}, 160);
  backed_off.interval = std::chrono::seconds(600);
  store_.record(kKey, std::move(backed_off));
  store_.put_endpoint(kKey, test::target("ts01:3389"), at(200));
  EXPECT_EQ(state()->interval, std::chrono::seconds(600)) << "nothing new in the configuration";
  inventory::Target changed(*test::target("ts01:3389"));
  changed.interval = std::chrono::seconds(30);
  store_.put_endpoint(kKey, std::make_shared<const inventory::Target>(changed), at(210));
  EXPECT_EQ(state()->interval, std::chrono::seconds(30));
}

TEST_F(ResultStoreTest, TheCertificateLastSeenStaysWhenTheHostGoesDown) {
  store_.record(kKey, run({success("aa")}, 160));
  EXPECT_EQ(state()->certificate.get(), &*state()->last_result->certificate) << "shared, not copied";
  const std::weak_ptr<const handshake::ProbeResult> old_result = state()->last_result;
  store_.record(kKey, run({timeout()}, 220));
  ASSERT_TRUE(state()->certificate);
  EXPECT_EQ(state()->certificate->sha256, "aa");
  EXPECT_EQ(state()->certificate_last_seen(), at(160));
  EXPECT_TRUE(old_result.expired()) << "the certificate must not keep the whole old result alive";
  store_.record(kKey, run({timeout()}, 280));
  EXPECT_EQ(state()->certificate->sha256, "aa");
}

TEST_F(ResultStoreTest, ACertificateOfAnEarlierAttemptIsSeenToo) {
  auto reset = test::failure(handshake::Phase::tls, handshake::FailureReason::connection_reset);
  reset.certificate.emplace();
  reset.certificate->sha256 = "aa";
  store_.record(kKey, run({reset, timeout()}, 160));
  ASSERT_TRUE(state()->certificate);
  EXPECT_EQ(state()->certificate->sha256, "aa");
  EXPECT_EQ(state()->certificate_last_seen(), at(160));
}

TEST_F(ResultStoreTest, TheHostLastSeenStaysWhenItGoesDown) {
  auto named = success();
  named.host.emplace();
  named.host->netbios_computer = "TS01";
  store_.record(kKey, run({named}, 160));
  EXPECT_EQ(state()->host.get(), &*state()->last_result->host) << "shared, not copied";
  const std::weak_ptr<const handshake::ProbeResult> old_result = state()->last_result;
  store_.record(kKey, run({timeout()}, 220));
  ASSERT_TRUE(state()->host);
  EXPECT_EQ(state()->host->netbios_computer, "TS01");
  EXPECT_TRUE(old_result.expired()) << "the host must not keep the whole old result alive";
  EXPECT_FALSE(state()->certificate);
  named.host->netbios_computer = "TS02";
  store_.record(kKey, run({named, timeout()}, 280));
  EXPECT_EQ(state()->host->netbios_computer, "TS02") << "seen in an attempt before the last";
  EXPECT_FALSE(state()->last_result->host);
}

TEST_F(ResultStoreTest, AnOlderCertificateAndANewerHostStayApart) {
  store_.record(kKey, run({success("aa")}, 160));
  auto named = success();
  named.host.emplace();
  store_.record(kKey, run({named}, 220));
  EXPECT_EQ(state()->certificate->sha256, "aa");
  EXPECT_EQ(state()->host.get(), &*state()->last_result->host);
}

TEST_F(ResultStoreTest, TheClockFollowsTheRecordedAttempts) {
  const auto hint = [](double skew) {
    auto attempt = success();
    attempt.hello_clock_skew = handshake::Seconds(skew);
    return attempt;
  };
  auto abandoned = hint(9000);
  abandoned.verdict = handshake::Verdict::abandoned;
  store_.record(kKey, run({hint(7200)}, 160));
  EXPECT_FALSE(state()->clock.skew);
  store_.record(kKey, run({abandoned}, 190));
  store_.record(kKey, run({hint(7201)}, 220));
  EXPECT_EQ(state()->clock.skew, handshake::Seconds(7201));
  store_.record(kKey, run({hint(7201), timeout()}, 280));
  EXPECT_FALSE(state()->clock.skew) << "of the last run only";
  store_.record(kKey, run({hint(7200), hint(7202)}, 340));
  EXPECT_EQ(state()->clock.skew, handshake::Seconds(7202)) << "confirmations are attempts as well";
}

TEST_F(ResultStoreTest, ARestoredStateWaitsForItsEndpoint) {
  ResultStore later;
  auto restored = std::make_shared<TargetState>();
  restored->status = TargetStatus::down;
  restored->status_since = at(50);
  restored->last_run = at(60);
  restored->consecutive_failures = 3;
  later.restore(
      {{{"ts02:3389", ""}, restored}, {{"ts03:3389", "10.0.0.9:3389"}, std::make_shared<TargetState>()}});
  EXPECT_EQ(later.size(), 0u);
  EXPECT_THAT(later.restorable_addresses("ts02:3389"), IsEmpty());
  EXPECT_THAT(later.restorable_addresses("ts03:3389"), ElementsAre("10.0.0.9:3389"));
  later.put_endpoint({"ts02:3389", ""}, target("ts02:3389"), at(100));
  const auto state = later.find({"ts02:3389", ""});
  EXPECT_EQ(state->status_since, at(50));
  EXPECT_EQ(state->consecutive_failures, 3u);
  EXPECT_EQ(state->target->name, "ts02:3389");
  EXPECT_EQ(later.groups().at("a").targets[static_cast<std::size_t>(TargetStatus::down)], 1u);
  later.forget_restored();
  later.put_endpoint({"ts03:3389", "10.0.0.9:3389"}, target("ts03:3389"), at(100));
  EXPECT_EQ(later.find({"ts03:3389", "10.0.0.9:3389"})->status_since, at(100)) << "it came too late";
}

TEST_F(ResultStoreTest, ARevisionSaysWhatChangedAfterIt) {
  EXPECT_EQ(state()->revision, 0u) << "nothing to keep before the first run";
  store_.record(kKey, run({success()}, 1));
  const auto before = store_.revision();
  EXPECT_EQ(state()->revision, before);
  store_.put_endpoint(kKey, target("ts01:3389", "b"), at(2));
  EXPECT_EQ(state()->revision, before) << "what the inventory says is not kept";
  store_.record_audit(kKey, audit(true, 3));
  EXPECT_GT(state()->revision, before);
  EXPECT_EQ(state()->revision, store_.revision());
}

TEST_F(ResultStoreTest, CertificateChangesCountOnlyWhatWasNotSeenLately) {
  store_.record(kKey, run({success("aa")}, 1));
  EXPECT_EQ(state()->certificate_changes, 0u) << "the first one is no change";
  store_.record(kKey, run({success("bb")}, 2));
  EXPECT_EQ(state()->certificate_changes, 1u);
  store_.record(kKey, run({success("aa")}, 3));
  EXPECT_EQ(state()->certificate_changes, 1u) << "two hosts behind one name take turns";
  EXPECT_THAT(fingerprints(), ElementsAre("bb", "aa"));
  EXPECT_EQ(state()->certificates.back().first_seen, at(1));
  EXPECT_EQ(state()->certificates.back().last_seen, at(3));
}

TEST_F(ResultStoreTest, TheNinthFingerprintPushesTheOldestOut) {
  for (const char* name : {"01", "02", "03", "04", "05", "06", "07", "08", "09"}) {
    store_.record(kKey, run({success(name)}, 1));
  }
  EXPECT_THAT(fingerprints(), ElementsAre("02", "03", "04", "05", "06", "07", "08", "09"));
  EXPECT_EQ(state()->certificate_changes, 8u);
  store_.record(kKey, run({success("01")}, 2));
  EXPECT_EQ(state()->certificate_changes, 9u);
}

TEST_F(ResultStoreTest, TheLastAddressStaysWhenNoConnectionWasTried) {
  store_.record(kKey, run({success()}, 160));
  store_.record(
      kKey, run({test::failure(handshake::Phase::resolve, handshake::FailureReason::name_not_found)}, 220));
  EXPECT_EQ(state()->last_address, "10.0.0.9:3389");
}

TEST_F(ResultStoreTest, AStateThatWasHandedOutDoesNotChange) {
  const StatePtr before = state();
  store_.record(kKey, run({success()}, 160));
  EXPECT_EQ(before->status, TargetStatus::unknown);
  EXPECT_EQ(before->probes_total, 0u);
}

TEST_F(ResultStoreTest, TheSnapshotIsInOrderOfTargetAndAddress) {
  store_.put_endpoint({"ts02:3389", "10.0.0.2"}, test::target("ts02:3389"), at(1));
  store_.put_endpoint({"ts02:3389", "10.0.0.1"}, test::target("ts02:3389"), at(1));
  store_.put_endpoint({"ts00:3389", ""}, test::target("ts00:3389"), at(1));
  std::vector<std::string> seen;
  store_.for_each([&seen](const TargetState& state) { seen.push_back(state.series_labels); });
  EXPECT_THAT(seen, ElementsAre(R"(target="ts00:3389",group="a")", R"(target="ts01:3389",group="a")",
                                R"(target="ts02:3389",group="a",address="10.0.0.1")",
                                R"(target="ts02:3389",group="a",address="10.0.0.2")"));
}

TEST_F(ResultStoreTest, ASnapshotOfManyChunksHasEveryEndpointOnce) {
  for (int i = 0; i < 2000; ++i) {
    const auto name = "h" + std::to_string(10000 + i) + ":3389";
    store_.put_endpoint({name, ""}, test::target(name), at(1));
  }
  const auto all = store_.snapshot();
  ASSERT_EQ(all.size(), 2001u);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1]->key, all[i]->key);
}

TEST_F(ResultStoreTest, WorkersRecordWhileTheFleetIsRead) {
  constexpr int kRuns = 500;
  const auto work = [this](const std::string& name) {
    const EndpointKey key{name, ""};
    store_.put_endpoint(key, test::target(name), at(1));
    for (int i = 0; i < kRuns; ++i) store_.record(key, run({i % 2 == 0 ? success("aa") : timeout()}, i));
  };
  std::thread first(work, "w1:3389");
  std::thread second(work, "w2:3389");
  std::uint64_t seen = 0;
  while (seen < 2 * kRuns) {
    seen = 0;
    store_.for_each([&seen](const TargetState& state) { seen += state.probes_total; });
  }
  first.join();
  second.join();
  EXPECT_EQ(store_.find({"w1:3389", ""})->probe_failures_total, kRuns / 2);
}

}  // namespace
}  // namespace rdpwatch::fleet
