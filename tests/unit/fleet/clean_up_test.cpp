#include "daemon/fleet/clean_up.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::fleet {
namespace {

using namespace test;
using handshake::FailureReason;
using handshake::Phase;

constexpr std::int64_t kDay = 86400;

handshake::ProbeResult no_such_name() {
  return failure(Phase::resolve, FailureReason::name_not_found);
}

class CleanUpTest : public testing::Test {
 protected:
  CleanUpTest() { store_.put_endpoint(kKey, target("ts01:3389"), at(0)); }

  void record(handshake::ProbeResult result, std::int64_t seconds) {
    store_.record(kKey, run({std::move(result)}, seconds));
  }
  std::optional<CleanUp> judged(std::int64_t seconds) const {
    return clean_up(*store_.find(kKey), at(seconds));
  }

  ResultStore store_;
};

TEST_F(CleanUpTest, NeverUpForADayOfProbes) {
  EXPECT_EQ(judged(2 * kDay), std::nullopt) << "it was not probed";
  record(timeout(), 60);
  EXPECT_EQ(judged(kDay - 1), std::nullopt);
  EXPECT_EQ(judged(kDay), CleanUp::never_up);
  record(success(), kDay + 60);
  EXPECT_EQ(judged(3 * kDay), std::nullopt);
  record(timeout(), 3 * kDay);
  EXPECT_EQ(judged(30 * kDay), std::nullopt) << "it was up once";
}

TEST_F(CleanUpTest, ANameThatIsGoneForAWeek) {
  record(success(), 60);
  record(no_such_name(), 120);
  EXPECT_EQ(judged(120 + 7 * kDay - 1), std::nullopt);
  EXPECT_EQ(judged(120 + 7 * kDay), CleanUp::name_not_found);
}

TEST_F(CleanUpTest, ANameThatWasThereInBetweenIsNotGone) {
  record(success(), 60);
  record(no_such_name(), 120);
  record(timeout(), 3 * kDay);
  record(no_such_name(), 4 * kDay);
  EXPECT_EQ(judged(8 * kDay), std::nullopt);
  EXPECT_EQ(judged(11 * kDay), CleanUp::name_not_found);
}

TEST_F(CleanUpTest, AResolverThatFailsSaysNothingOfTheName) {
  record(success(), 60);
  record(no_such_name(), 120);
  record(failure(Phase::resolve, FailureReason::resolver_failed), 3 * kDay);
  record(failure(Phase::resolve, FailureReason::timeout), 4 * kDay);
  EXPECT_EQ(judged(120 + 7 * kDay), CleanUp::name_not_found);
}

TEST_F(CleanUpTest, OfTwoReasonsTheName) {
  record(no_such_name(), 60);
  EXPECT_EQ(judged(2 * kDay), CleanUp::never_up);
  EXPECT_EQ(judged(60 + 7 * kDay), CleanUp::name_not_found);
}

TEST_F(CleanUpTest, TheListHasTheLongestFirst) {
  const EndpointKey older{"zz:3389", ""};
  store_.put_endpoint(older, target("zz:3389"), at(-kDay));
  store_.put_endpoint({"up:3389", ""}, target("up:3389"), at(0));
  record(timeout(), 60);
  store_.record(older, run({timeout()}, 60));
  store_.record({"up:3389", ""}, run({success()}, 60));
  const auto rows = clean_up_list(store_.snapshot(), at(2 * kDay));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].state->key, older);
  EXPECT_EQ(rows[0].since, at(-kDay));
  EXPECT_EQ(rows[1].state->key, kKey);
}

}  // namespace
}  // namespace rdpwatch::fleet
