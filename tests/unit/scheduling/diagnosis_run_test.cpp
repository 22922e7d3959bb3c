#include "daemon/scheduling/diagnosis_run.hpp"

#include <gmock/gmock.h>
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
using diagnosis::Diagnosis;
using handshake::FailureReason;
using handshake::Phase;
using testing::ElementsAre;

boost::asio::awaitable<void> keep(boost::asio::awaitable<Diagnosis> running, Diagnosis* out) {
  Diagnosis result = co_await std::move(running);
  *out = std::move(result);
}

class DiagnosisRunTest : public testing::Test {
 protected:
  Diagnosis run(AuditPace pace, std::size_t max_experiments = 3) {
    diagnosis::Evidence evidence;
    evidence.plan.target = "a:3389";
    evidence.plan.host = "10.0.0.9";
    evidence.plan.host_is_literal = true;
    evidence.attempts = {cut()};
    diagnosis::Diagnostician diagnostician(std::move(evidence), {.max_experiments = max_experiments});
    const DiagnosisProgress progress{
        [this](const diagnosis::Experiment& experiment) {
          seen_.push_back("begins " + std::string(name(experiment.kind)));
        },
        [this](const Diagnosis& so_far) {
          seen_.push_back("ended " + std::string(name(so_far.experiments.back().kind)) + ", " +
                          std::to_string(so_far.experiments.size()) + " so far");
        }};
    Diagnosis diagnosed;
    auto running = run_diagnosis(std::move(diagnostician), prober_.factory()(io_), pace, progress);
    const auto ended = [this](const std::exception_ptr& error) { threw_ = error != nullptr; };
    boost::asio::co_spawn(io_, keep(std::move(running), &diagnosed),
                          boost::asio::bind_cancellation_slot(cancel_.slot(), ended));
    io_.run();
    return diagnosed;
  }

  boost::asio::io_context io_;
  boost::asio::cancellation_signal cancel_;
  FakeProber prober_;
  std::vector<std::string> seen_;
  bool threw_ = false;
};

TEST_F(DiagnosisRunTest, MakesExperimentsOneAfterAnotherAndTellsOfEach) {
  prober_.script(kQuestion, {cut()});
  const Diagnosis result = run({});
  EXPECT_FALSE(threw_);
  EXPECT_THAT(seen_, ElementsAre("begins repeat", "ended repeat, 1 so far", "begins only_tls12",
                                 "ended only_tls12, 2 so far", "begins garbage", "ended garbage, 3 so far"));
  EXPECT_EQ(result.experiments.size(), 3U);
  EXPECT_EQ(result.causes.front().id, "private_key_unreadable");
  EXPECT_EQ(prober_.most_at_once(kQuestion), 1);
}

TEST_F(DiagnosisRunTest, WithoutExperimentsItIsTheJudgementOfTheRun) {
  const Diagnosis result = run({}, 0);
  EXPECT_EQ(prober_.count(kQuestion), 0U);
  EXPECT_FALSE(result.causes.empty());
}

TEST_F(DiagnosisRunTest, WhatPolitenessRefusedIsAskedAgain) {
  prober_.script(kQuestion, {abandoned("rate_cap"), cut()});
  const Diagnosis result = run({.pause = {}, .retry_pause = 1ms, .retry_for = 10s}, 1);
  EXPECT_EQ(prober_.count(kQuestion), 2U);
  ASSERT_EQ(result.experiments.size(), 1U);
  EXPECT_EQ(result.experiments.front().outcome, "connection_reset in tls");
}

TEST_F(DiagnosisRunTest, PausesBeforeEachExperiment) {
  prober_.script(kQuestion, {cut()});
  run({.pause = 20ms});
  const auto starts = prober_.starts(kQuestion);
  ASSERT_EQ(starts.size(), 3U);
  for (std::size_t i = 1; i < starts.size(); ++i) EXPECT_GE(starts[i] - starts[i - 1], 20ms);
}

TEST_F(DiagnosisRunTest, CancellationEndsAPause) {
  boost::asio::post(io_, [this] {
    boost::asio::post(io_, [this] { cancel_.emit(boost::asio::cancellation_type::terminal); });
  });
  run({.pause = 1h});
  EXPECT_TRUE(threw_);
  EXPECT_EQ(prober_.count(kQuestion), 0U);
}

TEST_F(DiagnosisRunTest, CancellationEndsAnExperiment) {
  prober_.block(kQuestion);
  boost::asio::post(io_, [this] {
    boost::asio::post(io_, [this] { cancel_.emit(boost::asio::cancellation_type::terminal); });
  });
  run({});
  EXPECT_TRUE(threw_);
  EXPECT_THAT(seen_, ElementsAre("begins repeat"));
}

TEST(DiagnosisPace, TakesWhatTheScheduleLeaves) {
  EXPECT_EQ(diagnosis_pace(10, 60s).pause, handshake::Duration(7500ms)) << "two of ten are the schedule's";
  EXPECT_EQ(diagnosis_pace(10, 10s).pause, handshake::Duration(60s)) << "one is always left";
  EXPECT_EQ(diagnosis_pace(60, 60s).retry_pause, handshake::Duration(5s));
  EXPECT_EQ(diagnosis_pace(10, 60s).retry_pause, handshake::Duration(7500ms))
      << "never sooner than the pause";
  EXPECT_EQ(diagnosis_pace(1, 1h).pause, handshake::Duration(60s));
}

}  // namespace
}  // namespace rdpwatch::scheduling
