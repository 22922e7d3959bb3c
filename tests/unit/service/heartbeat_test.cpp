#include "daemon/service/heartbeat.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

namespace rdpwatch::service {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kPeriod{40};

/// An event loop on a thread of its own.
class Running {
 public:
  Running() : thread_([this] { io_.run(); }) {}
  ~Running() {
    io_.stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  asio::any_io_executor executor() { return io_.get_executor(); }

 private:
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_;
};

/// A heartbeat of two loops, and what it said; its own loop runs until a condition holds.
struct Watched {
  Running first;
  Running second;
  asio::io_context own;
  int alive = 0;
  std::vector<std::string> late;
  Heartbeat heartbeat{own.get_executor(),
                      kPeriod,
                      {{"first", first.executor()}, {"second", second.executor()}},
                      {[this] { ++alive; }, [this](const std::string& name) { late.push_back(name); }}};

  template <class Condition>
  bool run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition() && std::chrono::steady_clock::now() < deadline) own.run_one_for(kPeriod);
    return condition();
  }
};

TEST(Heartbeat, beats_while_every_loop_answers) {
  Watched watched;
  const auto begin = std::chrono::steady_clock::now();
  watched.heartbeat.start();
  EXPECT_TRUE(watched.run_until([&] { return watched.alive == 4; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kPeriod);
}

TEST(Heartbeat, one_loop_that_hangs_stops_it_and_is_named_once) {
  Watched watched;
  std::promise<void> release;
  asio::post(watched.second.executor(), [hang = release.get_future().share()] { hang.wait(); });
  watched.heartbeat.start();
  EXPECT_TRUE(watched.run_until([&] { return !watched.late.empty(); }));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(watched.run_until([&] { return std::chrono::steady_clock::now() - begin > 2 * kPeriod; }));
  EXPECT_EQ(watched.alive, 0);
  EXPECT_EQ(std::ranges::count(watched.late, "second"), 1);
  release.set_value();
  EXPECT_TRUE(watched.run_until([&] { return watched.alive >= 2; }));
}

TEST(Heartbeat, its_own_loop_is_proven_too) {
  Watched watched;
  watched.heartbeat.start();
  EXPECT_EQ(watched.alive, 0);  // nobody runs it
}

TEST(Heartbeat, after_stop_it_is_silent_and_its_loop_ends) {
  Watched watched;
  watched.heartbeat.start();
  EXPECT_TRUE(watched.run_until([&] { return watched.alive == 1; }));
  watched.heartbeat.stop();
  watched.own.run();
  EXPECT_EQ(watched.alive, 1);
}

TEST(Heartbeat, an_answer_may_come_after_its_end) {
  Running loop;
  std::promise<void> release;
  asio::post(loop.executor(), [hang = release.get_future().share()] { hang.wait(); });
  {
    asio::io_context own;
    Heartbeat heartbeat(own.get_executor(), kPeriod, {{"loop", loop.executor()}},
                        {[] {}, [](const auto&) {}});
    heartbeat.start();
    heartbeat.stop();
  }
  release.set_value();
  std::promise<void> reached;
  asio::post(loop.executor(), [&] { reached.set_value(); });
  EXPECT_EQ(reached.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

}  // namespace
}  // namespace rdpwatch::service
