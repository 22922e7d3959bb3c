// An endpoint that comes and goes, as the store keeps it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/fleet/result_store.hpp"
#include "tests/unit/fleet/results.hpp"

namespace rdpwatch::fleet {
namespace {

using test::at;
using test::kKey;
using test::run;
using test::success;
using test::timeout;
using testing::ElementsAre;

class FlappingTest : public testing::Test {
 protected:
  void SetUp() override { store_.put_endpoint(kKey, test::target("ts01:3389"), at(0)); }

  /// Runs a minute apart, written as u and d; the changes of status that they made, as "from to at".
  std::vector<std::string> runs(const std::string& verdicts) {
    std::vector<std::string> changes;
    for (const char verdict : verdicts) {
      now_ += 60;
      const auto change = store_.record(kKey, run({verdict == 'u' ? success() : timeout()}, now_));
      if (change)
        changes.push_back(std::string(name(change->from)) + " " + std::string(name(change->to)) + " at " +
                          std::to_string(now_));
    }
    return changes;
  }

  StatePtr state() const { return store_.find(kKey); }
  std::uint64_t in_state(TargetStatus status) const {
    return store_.groups().at("a").targets[static_cast<std::size_t>(status)];
  }

  ResultStore store_;
  std::int64_t now_ = 0;
};

TEST_F(FlappingTest, TakesThePlaceOfUpAndDown) {
  EXPECT_THAT(runs("udud"),
              ElementsAre("unknown up at 60", "up down at 120", "down up at 180", "up down at 240"));
  EXPECT_THAT(runs("u"), ElementsAre("down flapping at 300"));
  EXPECT_EQ(state()->status, TargetStatus::flapping);
  EXPECT_EQ(state()->status_since, at(300));
  EXPECT_THAT(runs("dudd"), ElementsAre()) << "it stays what it is, whatever the runs say";
  EXPECT_EQ(state()->status_since, at(300));
  EXPECT_EQ(state()->consecutive_failures, 2u);
  EXPECT_EQ(state()->last_result->verdict, handshake::Verdict::failure);
}

TEST_F(FlappingTest, TheGroupCountsIt) {
  runs("ududu");
  EXPECT_EQ(in_state(TargetStatus::flapping), 1u);
  EXPECT_EQ(in_state(TargetStatus::up), 0u);
  EXPECT_EQ(in_state(TargetStatus::down), 0u);
  store_.remove_endpoint(kKey);
  EXPECT_TRUE(store_.groups().empty());
}

TEST_F(FlappingTest, EndsAsWhatItHasBecome) {
  runs("ududu");
  EXPECT_THAT(runs("uuuuuuuu"), ElementsAre("flapping up at 780"));
  EXPECT_EQ(in_state(TargetStatus::up), 1u);
  runs("dudu");
  EXPECT_EQ(state()->status, TargetStatus::flapping);
  EXPECT_THAT(runs("ddddddddd"), ElementsAre("flapping down at 1560"));
}

TEST_F(FlappingTest, AReloadForgetsNothing) {
  runs("udud");
  store_.put_endpoint(kKey, test::target("ts01:3389", "b"), at(now_));
  EXPECT_THAT(runs("u"), ElementsAre("down flapping at 300"));
  EXPECT_EQ(store_.groups().at("b").targets[static_cast<std::size_t>(TargetStatus::flapping)], 1u);
}

TEST_F(FlappingTest, SinceWhenItFailsIsKeptApartFromTheState) {
  runs("ududud");
  EXPECT_EQ(state()->failing_since, at(360));
  runs("dd");
  EXPECT_EQ(state()->failing_since, at(360));
  EXPECT_EQ(state()->status_since, at(300));
}

TEST_F(FlappingTest, OnlySuccessfulRunsSayHowFastItIs) {
  auto slow = test::failure(handshake::Phase::tls, handshake::FailureReason::timeout);
  slow.phases = {{handshake::Phase::connect, std::chrono::milliseconds(900)}};
  auto fast = success();
  fast.phases = {{handshake::Phase::connect, std::chrono::milliseconds(9)}};
  store_.record(kKey, run({fast}, 60));
  store_.record(kKey, run({slow}, 120));
  EXPECT_EQ(state()->durations.newest(1), std::chrono::milliseconds(9));
}

}  // namespace
}  // namespace rdpwatch::fleet
