#include "daemon/fleet/group_statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/fleet/result_store.hpp"
#include "tests/unit/fleet/results.hpp"

namespace rdpwatch::fleet {
namespace {

using handshake::FailureReason;
using handshake::Phase;
using std::chrono::milliseconds;
using test::at;
using test::kConnect;
using test::kTls;
using test::run;
using test::success;
using test::timeout;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;

std::uint64_t failures(const GroupCounters& group, std::size_t phase, FailureReason reason) {
  return group.failures[phase][static_cast<std::size_t>(reason)];
}

std::uint64_t observations(const PhaseHistogram& histogram) {
  std::uint64_t sum = 0;
  for (const auto count : histogram.counts) sum += count;
  return sum;
}

TEST(GroupFailures, ExistAsTheTablesAllowButForOurOwn) {
  EXPECT_TRUE(group_failure_exists(Phase::resolve, FailureReason::name_not_found));
  EXPECT_TRUE(group_failure_exists(Phase::tls, FailureReason::certificate_expired));
  EXPECT_TRUE(group_failure_exists(Phase::nla, FailureReason::nla_protocol_error));
  EXPECT_TRUE(group_failure_exists(Phase::mcs, FailureReason::mcs_refused));
  EXPECT_TRUE(group_failure_exists(Phase::licensing, FailureReason::license_refused));
  EXPECT_FALSE(group_failure_exists(Phase::connect, FailureReason::name_not_found));
  EXPECT_FALSE(group_failure_exists(Phase::connect, FailureReason::local_resources));
  EXPECT_FALSE(group_failure_exists(Phase::tls, FailureReason::internal_error));
}

TEST(PhaseHistogram, ABoundBelongsToItsOwnBucket) {
  PhaseHistogram histogram;
  histogram.observe(milliseconds(1));
  histogram.observe(std::chrono::microseconds(1001));
  histogram.observe(milliseconds(5000));
  histogram.observe(milliseconds(5001));
  EXPECT_THAT(histogram.counts, ElementsAre(1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1));
  EXPECT_EQ(histogram.sum, std::chrono::microseconds(10003001));
}

TEST(Groups, CountEndpointsByState) {
  ResultStore store;
  store.put_endpoint({"h1", ""}, test::target("h1", "a"), at(1));
  store.put_endpoint({"h2", ""}, test::target("h2", "a"), at(1));
  store.put_endpoint({"h3", ""}, test::target("h3", "b"), at(1));
  store.record({"h1", ""}, run({success()}, 2));
  store.record({"h3", ""}, run({timeout()}, 2));
  // up, down, flapping, unknown, maintenance
  EXPECT_THAT(store.groups().at("a").targets, ElementsAre(1, 0, 0, 1, 0));
  EXPECT_THAT(store.groups().at("b").targets, ElementsAre(0, 1, 0, 0, 0));
}

TEST(Groups, VanishWithTheirLastEndpoint) {
  ResultStore store;
  store.put_endpoint({"h1", ""}, test::target("h1", "a"), at(1));
  store.put_endpoint({"h2", ""}, test::target("h2", "b"), at(1));
  store.remove_endpoint({"h1", ""});
  EXPECT_THAT(store.groups(), ElementsAre(Key("b")));
  store.remove_endpoint({"h2", ""});
  EXPECT_THAT(store.groups(), IsEmpty());
}

TEST(Groups, AnEndpointMovesWithItsState) {
  ResultStore store;
  store.put_endpoint({"h1", ""}, test::target("h1", "a"), at(1));
  store.record({"h1", ""}, run({timeout()}, 2));
  store.put_endpoint({"h1", ""}, test::target("h1", "b"), at(3));
  EXPECT_THAT(store.groups(), ElementsAre(Key("b")));
  EXPECT_THAT(store.groups().at("b").targets, ElementsAre(0, 1, 0, 0, 0));
}

TEST(Groups, KeepTheirCountersWhenTheirOnlyEndpointIsUpdated) {
  ResultStore store;
  store.put_endpoint({"h1", ""}, test::target("h1", "a"), at(1));
  store.record({"h1", ""}, run({timeout()}, 2));
  store.put_endpoint({"h1", ""}, test::target("h1", "a"), at(3));
  EXPECT_EQ(failures(store.groups().at("a"), kConnect, FailureReason::timeout), 1u);
}

TEST(Groups, FailuresCountRunsNotAttempts) {
  ResultStore store;
  store.put_endpoint({"h1", ""}, test::target("h1", "a"), at(1));
  store.record({"h1", ""}, run({timeout(), timeout()}, 2));
  store.record({"h1", ""}, run({timeout(), success()}, 3));
  EXPECT_EQ(failures(store.groups().at("a"), kConnect, FailureReason::timeout), 1u);
}

TEST(Groups, LaterPhasesHaveTheirPlace) {
  EXPECT_THAT(kGroupPhases, ElementsAre(Phase::resolve, Phase::connect, Phase::negotiate, Phase::tls,
                                        Phase::nla, Phase::mcs, Phase::licensing));
  ResultStore store;
  store.put_endpoint({"h1", ""}, test::target("h1", "a"), at(1));
  auto refused = test::failure(Phase::licensing, FailureReason::license_error);
  refused.phases = {{Phase::mcs, milliseconds(9)}, {Phase::licensing, milliseconds(30)}};
  store.record({"h1", ""}, run({refused}, 2));
  const auto group = store.groups().at("a");
  EXPECT_EQ(failures(group, 6, FailureReason::license_error), 1u);
  EXPECT_EQ(group.phases[5].sum, milliseconds(9));
  EXPECT_EQ(observations(group.phases[6]), 0u);
}

TEST(Groups, PhaseDurationsAreThoseOfPhasesThatEndedWell) {
  ResultStore store;
  store.put_endpoint({"h1", ""}, test::target("h1", "a"), at(1));
  auto broken = timeout();
  broken.phases = {{Phase::resolve, milliseconds(2)}, {Phase::connect, milliseconds(4000)}};
  auto judged = test::failure(Phase::tls, FailureReason::certificate_expired);
  judged.phases = {{Phase::connect, milliseconds(3)}, {Phase::tls, milliseconds(20)}};
  store.record({"h1", ""}, run({broken, judged}, 2));
  const auto phases = store.groups().at("a").phases;
  EXPECT_EQ(observations(phases[0]), 1u);
  EXPECT_EQ(observations(phases[kConnect]), 1u) << "the timeout's four seconds are no connect time";
  EXPECT_EQ(phases[kConnect].sum, milliseconds(3));
  EXPECT_EQ(phases[kTls].sum, milliseconds(20)) << "an expired certificate is judged after the handshake";
}

}  // namespace
}  // namespace rdpwatch::fleet
