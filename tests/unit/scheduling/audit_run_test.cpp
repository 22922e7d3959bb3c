#include "daemon/scheduling/audit_run.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "tests/unit/scheduling/fake_prober.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;
using handshake::AuditResult;
using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;
using handshake::Verdict;

ProbeResult refused() {
  ProbeResult result = failed(Phase::negotiate, FailureReason::ssl_required_by_server);
  result.address = "10.0.0.9:3389";
  result.connections = 1;
  result.negotiation.emplace();
  return result;
}

class AuditRunTest : public testing::Test {
 protected:
  AuditResult run(AuditPace pace) {
    handshake::ProbePlan plan;
    plan.target = "a:3389";
    plan.host = "10.0.0.9";
    plan.host_is_literal = true;
    AuditResult audited;
    const AuditProgress progress = [this](int done, int planned) { progress_.emplace_back(done, planned); };
    auto auditing = run_audit(plan, prober_.factory()(io_), pace, progress);
    boost::asio::co_spawn(io_, std::move(auditing),
                          boost::asio::bind_cancellation_slot(
                              cancel_.slot(), [&](std::exception_ptr error, AuditResult result) {
                                threw_ = error != nullptr;
                                audited = std::move(result);
                              }));
    io_.run();
    return audited;
  }

  boost::asio::io_context io_;
  boost::asio::cancellation_signal cancel_;
  FakeProber prober_;
  std::vector<std::pair<int, int>> progress_;
  bool threw_ = false;
};

TEST_F(AuditRunTest, AsksEverythingAndTellsHowFarItIs) {
  prober_.script("a:3389 question", {refused()});
  const AuditResult result = run({});
  EXPECT_FALSE(threw_);
  EXPECT_EQ(result.verdict, Verdict::failure);
  EXPECT_EQ(result.connections, 5);
  EXPECT_EQ(prober_.count("a:3389 question"), 5u);
  ASSERT_EQ(progress_.size(), 6u);
  EXPECT_EQ(progress_.front().first, 0);
  EXPECT_EQ(progress_.back(), std::pair(5, 5));
  EXPECT_GT(result.duration, handshake::Duration::zero());
}

TEST_F(AuditRunTest, WhatPolitenessRefusedIsAskedAgain) {
  prober_.script("a:3389 question", {abandoned("rate_cap"), abandoned("overloaded"), refused()});
  const AuditResult result = run({.pause = {}, .retry_pause = 1ms, .retry_for = 10s});
  EXPECT_EQ(result.verdict, Verdict::failure);
  EXPECT_EQ(prober_.count("a:3389 question"), 7u);
}

TEST_F(AuditRunTest, GivesUpInTheEnd) {
  prober_.script("a:3389 question", {abandoned("rate_cap")});
  const AuditResult result = run({.pause = {}, .retry_pause = 1ms, .retry_for = 20ms});
  EXPECT_EQ(result.verdict, Verdict::abandoned);
  EXPECT_EQ(result.abandoned_why, "rate_cap");
}

TEST_F(AuditRunTest, PausesBetweenItsQuestions) {
  prober_.script("a:3389 question", {refused()});
  run({.pause = 20ms});
  const auto starts = prober_.starts("a:3389 question");
  ASSERT_EQ(starts.size(), 5u);
  for (std::size_t i = 1; i < starts.size(); ++i) EXPECT_GE(starts[i] - starts[i - 1], 20ms);
}

TEST_F(AuditRunTest, CancellationEndsAPause) {
  prober_.script("a:3389 question", {refused()});
  boost::asio::post(io_, [this] {
    boost::asio::post(io_, [this] { cancel_.emit(boost::asio::cancellation_type::terminal); });
  });
  run({.pause = 1h});
  EXPECT_TRUE(threw_);
}

TEST(BackgroundPace, TakesWhatTheScheduleLeavesAndAtMostHalf) {
  EXPECT_EQ(background_pace(10, 60s).pause, handshake::Duration(12s));
  EXPECT_EQ(background_pace(60, 60s).pause, handshake::Duration(2s));
  EXPECT_EQ(background_pace(10, 15s).pause, handshake::Duration(30s)) << "eight of ten are the schedule's";
  EXPECT_EQ(background_pace(10, 10s).pause, handshake::Duration(60s)) << "one is always left";
  EXPECT_EQ(background_pace(1, 1h).pause, handshake::Duration(60s));
}

}  // namespace
}  // namespace rdpwatch::scheduling
