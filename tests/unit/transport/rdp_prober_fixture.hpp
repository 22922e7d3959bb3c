#pragma once
// The prober, real sockets, and one simulated host for each personality.

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <list>
#include <map>
#include <string>
#include <utility>

#include "probes/transport/rdp_prober.hpp"
#include "tests/sim/personalities.hpp"
#include "tests/sim/simulator.hpp"

namespace rdpwatch::transport {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using handshake::ProbePlan;
using handshake::ProbeResult;
using handshake::Verdict;

class OpenGate : public ConnectionGate {
 public:
  asio::awaitable<Admission> admit(asio::ip::tcp::endpoint, std::optional<handshake::TimePoint>) override {
    Admission admission;
    admission.granted = true;
    ++admitted;
    co_return admission;
  }
  int admitted = 0;
};

inline std::string address_of(std::size_t index) {
  return "127.0.21." + std::to_string(index + 1);
}

class RdpProberTest : public testing::Test {
 protected:
  RdpProberTest() : simulator_(io_, scenarios()), prober_(io_, gate_, {}) {}

  static sim::Scenarios scenarios() {
    sim::Scenarios scenarios;
    scenarios.port = 0;
    const auto all = sim::personalities();
    for (std::size_t i = 0; i < all.size(); ++i) {
      scenarios.hosts.emplace_back(sim::AddressRange::parse(address_of(i)).value(),
                                   sim::HostScenario(all[i].behaviour));
    }
    return scenarios;
  }

  static std::string address_named(std::string_view name) {
    const auto all = sim::personalities();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].name == name) return address_of(i);
    }
    ADD_FAILURE() << "no personality " << name;
    return {};
  }

  ProbePlan plan(std::string address) const {
    ProbePlan plan;
    plan.host = std::move(address);
    plan.host_is_literal = true;
    plan.port = simulator_.port();
    plan.timeout = 60s;
    plan.bounds = {60s, 60s, 60s, 60s, 60s, 60s, 60s};
    return plan;
  }

  void start(ProbePlan plan, std::string key) {
    auto job = prober_.probe(std::move(plan));
    ++running_;
    asio::co_spawn(io_, std::move(job),
                   asio::bind_cancellation_slot(cancel_.emplace_back().slot(),
                                                [this, key](std::exception_ptr error, ProbeResult result) {
                                                  EXPECT_FALSE(error) << key;
                                                  results_[key] = std::move(result);
                                                  --running_;
                                                }));
  }

  void run_until_done() {
    const auto end = std::chrono::steady_clock::now() + 100s;
    while (running_ > 0 && std::chrono::steady_clock::now() < end) io_.run_one_for(1s);
    ASSERT_EQ(running_, 0) << "probes that did not end";
  }

  ProbeResult probe(ProbePlan plan) {
    start(std::move(plan), "one");
    run_until_done();
    return results_["one"];
  }

  asio::io_context io_;
  sim::Simulator simulator_;
  std::shared_ptr<OpenGate> gate_ = std::make_shared<OpenGate>();
  RdpProber prober_;
  std::list<asio::cancellation_signal> cancel_;  ///< one each: a slot holds a single handler
  int running_ = 0;
  std::map<std::string, ProbeResult> results_;
};

inline std::string verdict(const ProbeResult& result) {
  if (result.verdict == Verdict::success) return "ok";
  if (!result.failure) return "abandoned: " + result.abandoned_why;
  return std::string(name(result.failure->phase)) + " " + std::string(name(result.failure->reason));
}

inline std::string findings(const ProbeResult& result) {
  std::string text;
  for (const auto& finding : result.findings) text += (text.empty() ? "" : " ") + finding;
  return text;
}

}  // namespace rdpwatch::transport
