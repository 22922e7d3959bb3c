#pragma once
// A probe function that does what a test says, on the prober's thread.

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "daemon/scheduling/probe_function.hpp"

namespace rdpwatch::on_demand::test {

namespace asio = boost::asio;
using handshake::ProbePlan;
using handshake::ProbeResult;
using handshake::ProbeWatch;
using handshake::Verdict;

inline ProbeResult success(const ProbePlan& plan) {
  ProbeResult result;
  result.target = plan.target;
  result.module = plan.module;
  result.address = "127.0.0.1:3389";
  result.verdict = Verdict::success;
  result.duration = std::chrono::milliseconds(41);
  return result;
}

inline ProbeResult failure(const ProbePlan& plan) {
  ProbeResult result = success(plan);
  result.verdict = Verdict::failure;
  result.failure = handshake::Failure{handshake::Phase::tls, handshake::FailureReason::connection_reset,
                                      "reset 12 ms after ClientHello, 0 bytes received", std::nullopt};
  return result;
}

inline ProbeResult abandoned(const ProbePlan& plan, const std::string& why) {
  ProbeResult result = success(plan);
  result.verdict = Verdict::abandoned;
  result.abandoned_why = why;
  return result;
}

/// True once it holds; false after ten seconds.
inline bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

/// Each probe tells its step, then ends as `answer` says, or waits for its cancellation.
struct FakeProbe {
  std::function<ProbeResult(const ProbePlan&)> answer = success;
  std::atomic<bool> waits = false;
  std::atomic<int> begun = 0;
  std::atomic<int> cancelled = 0;

  scheduling::WatchedProbeFactory factory() {
    return [this](asio::io_context&) -> scheduling::WatchedProbe {
      return [this](ProbePlan plan, ProbeWatch watch) { return run(std::move(plan), std::move(watch)); };
    };
  }

 private:
  asio::awaitable<ProbeResult> run(ProbePlan plan, ProbeWatch watch) {
    ++begun;
    if (watch.step) watch.step(std::chrono::milliseconds(1), "connect 127.0.0.1:3389");
    if (waits) {
      const auto executor = co_await asio::this_coro::executor;
      asio::steady_timer timer(executor, std::chrono::hours(1));
      const auto [stopped] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
      ++cancelled;
      co_return abandoned(plan, stopped ? "stopped" : "nobody came");
    }
    ProbeResult result = answer(plan);
    co_return result;
  }
};

}  // namespace rdpwatch::on_demand::test
