#include "daemon/scheduling/sweep.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include "tests/unit/scheduling/scheduler_fixture.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;
using handshake::Verdict;

class SweepTest : public testing::Test {
 protected:
  /// Runs a sweep to its end; `watch` is called after each handler.
  void run(
      const std::vector<inventory::Target>& targets, SweepOptions options,
      const std::function<void()>& watch = [] {}) {
    std::vector<inventory::TargetPtr> list;
    for (const auto& target : targets) list.push_back(std::make_shared<const inventory::Target>(target));
    SweepCallbacks callbacks;
    callbacks.result = [this](const inventory::Target& target, const handshake::ProbeResult& result) {
      results_.emplace_back(target.name, result.verdict);
    };
    callbacks.progress = [this](std::size_t done, std::size_t total) { progress_.emplace_back(done, total); };
    bool ended = false;
    const auto finished = [&](const std::exception_ptr& error) {
      error_ = error;
      ended = true;
    };
    boost::asio::co_spawn(io_, sweep(std::move(list), prober_.factory()(io_), options, callbacks),
                          boost::asio::bind_cancellation_slot(cancel_.slot(), finished));
    const auto end = handshake::Clock::now() + 10s;
    while (!ended && handshake::Clock::now() < end) {
      io_.run_one_for(10ms);
      watch();
    }
    ASSERT_TRUE(ended);
  }

  boost::asio::io_context io_{1};
  boost::asio::cancellation_signal cancel_;
  FakeProber prober_;
  std::vector<std::pair<std::string, Verdict>> results_;
  std::vector<std::pair<std::size_t, std::size_t>> progress_;
  std::exception_ptr error_;
};

TEST_F(SweepTest, ProbesEachTargetOnceAndTellsTheProgress) {
  prober_.script("b:3389", {failed(handshake::Phase::connect, handshake::FailureReason::timeout)});
  run({make_target("a:3389"), make_target("b:3389"), make_target("c:3389")}, {.concurrency = 1});
  EXPECT_EQ(error_, nullptr);
  EXPECT_EQ(results_,
            (std::vector<std::pair<std::string, Verdict>>{
                {"a:3389", Verdict::success}, {"b:3389", Verdict::failure}, {"c:3389", Verdict::success}}));
  EXPECT_EQ(progress_, (std::vector<std::pair<std::size_t, std::size_t>>{{1, 3}, {2, 3}, {3, 3}}));
}

TEST_F(SweepTest, OfNothingEndsAtOnce) {
  run({}, {});
  EXPECT_TRUE(results_.empty());
}

TEST_F(SweepTest, RunsAsManyAtOnceAsAllowed) {
  std::vector<inventory::Target> targets;
  for (int i = 0; i < 10; ++i) {
    targets.push_back(make_target("ts" + std::to_string(i) + ":3389"));
    prober_.block(targets.back().name);
  }
  std::size_t most = 0;
  run(targets, {.concurrency = 4}, [&] {
    most = std::max(most, prober_.blocked());
    if (most == 4) prober_.release();
  });
  EXPECT_EQ(most, 4u);
  EXPECT_EQ(results_.size(), 10u);
}

TEST_F(SweepTest, ExpandsNamesIntoTheirAddresses) {
  auto target = make_target("a:3389");
  target.expand_addresses = true;
  auto found = succeeded();
  found.addresses = {"10.0.0.1", "10.0.0.2"};
  prober_.script("a:3389 ?", {found});
  run({target}, {});
  EXPECT_EQ(results_.size(), 2u);
  EXPECT_EQ(prober_.count("a:3389 10.0.0.1"), 1u);
  EXPECT_EQ(prober_.count("a:3389 10.0.0.2"), 1u);
  EXPECT_EQ(progress_.size(), 1u);
}

TEST_F(SweepTest, ANameThatDoesNotResolveIsAResult) {
  auto target = make_target("a:3389");
  target.expand_addresses = true;
  prober_.script("a:3389 ?", {failed(handshake::Phase::resolve, handshake::FailureReason::name_not_found)});
  run({target}, {});
  EXPECT_EQ(results_, (std::vector<std::pair<std::string, Verdict>>{{"a:3389", Verdict::failure}}));
}

TEST_F(SweepTest, TriesAgainWhatTheGateRefused) {
  prober_.script("a:3389", {abandoned("overloaded"), abandoned("rate_cap"), succeeded()});
  run({make_target("a:3389")}, {.retry_pause = 1ms});
  EXPECT_EQ(results_, (std::vector<std::pair<std::string, Verdict>>{{"a:3389", Verdict::success}}));
  EXPECT_EQ(prober_.count("a:3389"), 3u);
}

TEST_F(SweepTest, GivesUpInTheEnd) {
  prober_.script("a:3389", {abandoned("overloaded")});
  run({make_target("a:3389")}, {.retry_pause = 1ms, .retry_for = 10ms});
  EXPECT_EQ(results_, (std::vector<std::pair<std::string, Verdict>>{{"a:3389", Verdict::abandoned}}));
}

TEST_F(SweepTest, EndsWhenCancelledWithoutResultsOfWhatWasCutOff) {
  prober_.block("b:3389");
  run({make_target("a:3389"), make_target("b:3389"), make_target("c:3389")}, {.concurrency = 1}, [&] {
    if (prober_.blocked() == 1) cancel_.emit(boost::asio::cancellation_type::terminal);
  });
  ASSERT_NE(error_, nullptr);
  EXPECT_THROW(std::rethrow_exception(error_), boost::system::system_error);
  EXPECT_EQ(results_, (std::vector<std::pair<std::string, Verdict>>{{"a:3389", Verdict::success}}));
  EXPECT_EQ(prober_.cancelled(), 1);
  EXPECT_EQ(prober_.count("c:3389"), 0u);
}

}  // namespace
}  // namespace rdpwatch::scheduling
